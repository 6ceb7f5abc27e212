import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';

import { api } from '../../api/api';
import type { Browsed } from '../../api/types';
import { Trouble } from '../../parts/trouble';
import { useAnswer } from '../../state/use_answer';
import { bytesText } from '../../text/bytes';
import { bucketOf, normalUri, requestOf, type Draft, type SideName } from './draft';

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

interface Place {
  bucket: string;
  prefix: string;
}

// Where to begin: in the bucket that is typed already.
function startOf(draft: Draft, name: SideName): Place {
  const bucket = bucketOf(draft[name].uri);
  const rest = normalUri(draft[name].uri).slice(`s3://${bucket}/`.length);
  return { bucket, prefix: rest.endsWith('/') ? rest : '' };
}

interface Props {
  draft: Draft;
  name: SideName;
  choose: (uri: string) => void;
  close: () => void;
}

export function BrowseModal({ draft, name, choose, close }: Props) {
  const [place, setPlace] = useState(() => startOf(draft, name));
  const { bucket, prefix } = place;
  const request = requestOf(draft);
  const { value, error, loading, read } = useAnswer(`${bucket}/${prefix}`, () =>
    api.browse({
      side: request[name], migrator_role_arn: request.migrator_role_arn, bucket, prefix,
    }),
  );
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
          loading={loading}
          loadingText="Listing"
          items={value ? entriesOf(value, bucket) : []}
          trackBy="name"
          empty={error ? '' : 'Nothing here.'}
          footer={value?.truncated && 'Only the first are shown.'}
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
