import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';

import type { Browsed } from '../../api/types';
import { Trouble } from '../../parts/trouble';
import { bytesText } from '../../text/bytes';
import type { Draft, SideName } from './draft';
import { useBrowse } from './use_browse';

interface Entry {
  name: string;
  note: string;
  bucket?: string; // to go into
  prefix?: string;
}

function entriesOf(found: Browsed, bucket: string): Entry[] {
  if (!bucket) {
    return found.buckets.map(({ name, region }) => ({ name, note: region, bucket: name }));
  }
  return [
    ...found.prefixes.map((prefix) => ({ name: prefix, note: '', bucket, prefix })),
    ...found.objects.map(({ key, size }) => ({ name: key, note: bytesText(size) })),
  ];
}

interface Props {
  draft: Draft;
  name: SideName;
  choose: (uri: string) => void;
  close: () => void;
}

export function BrowseModal({ draft, name, choose, close }: Props) {
  const { place, setPlace, found, loading, error, read, more } = useBrowse(draft, name);
  const { bucket, prefix } = place;
  const crumbs = [
    { text: 'Buckets', href: '#' },
    ...(bucket ? [{ text: bucket, href: '#bucket' }] : []),
    ...(prefix ? [{ text: prefix, href: '#prefix' }] : []),
  ];

  return (
    <Modal
      visible
      size="large"
      header="Browse S3"
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>Cancel</Button>
            <Button
              variant="primary"
              disabled={!bucket}
              onClick={() => choose(`s3://${bucket}${prefix ? `/${prefix}` : ''}`)}
            >
              {prefix ? 'Choose this prefix' : 'Choose this bucket'}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <BreadcrumbGroup
          ariaLabel="Place in S3"
          items={crumbs}
          onFollow={(event) => {
            event.preventDefault();
            if (event.detail.href === '#') setPlace({ bucket: '', prefix: '' });
            if (event.detail.href === '#bucket') setPlace({ bucket, prefix: '' });
          }}
        />
        {error && <Trouble error={error} again={read} />}
        <Table
          variant="embedded"
          loading={loading && !found}
          loadingText="Listing"
          items={found ? entriesOf(found, bucket) : []}
          trackBy="name"
          empty={error ? '' : 'Nothing here.'}
          footer={found?.next && <Button loading={loading} onClick={more}>Show more</Button>}
          columnDefinitions={[
            {
              id: 'name', header: bucket ? 'Key' : 'Bucket', isRowHeader: true,
              cell: (entry) =>
                entry.bucket ? (
                  <Button
                    variant="inline-link"
                    onClick={() => setPlace({ bucket: entry.bucket!, prefix: entry.prefix ?? '' })}
                  >
                    {entry.name}
                  </Button>
                ) : (
                  <span className="code">{entry.name}</span>
                ),
            },
            { id: 'note', header: bucket ? 'Size' : 'Region', cell: (entry) => entry.note },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}
