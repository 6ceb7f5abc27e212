import Alert from '@cloudscape-design/components/alert';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import { useVisit } from '../../state/session';
import { BrowseModal } from './browse_modal';
import { normalUri, suggestedUri, type Draft, type Problem, type SideDraft, type SideName } from './draft';
import { regions } from './regions';

interface FieldProps {
  label: string;
  help?: string;
  value: string;
  placeholder?: string;
  error?: string;
  known?: readonly string[];
  change: (value: string) => void;
}

// A text, with what is known to be allowed to choose from.
function Field({ label, help, value, placeholder, error, known = [], change }: FieldProps) {
  const options = known.filter((each) => each !== '*').map((each) => ({ value: each }));
  return (
    <FormField label={label} description={help} errorText={error}>
      {options.length > 0 ? (
        <Autosuggest
          value={value}
          placeholder={placeholder}
          options={options}
          enteredTextLabel={(text) => `Use: ${text}`}
          empty="None of the known ones"
          onChange={({ detail }) => change(detail.value)}
        />
      ) : (
        <Input
          value={value}
          placeholder={placeholder}
          onChange={({ detail }) => change(detail.value)}
        />
      )}
    </FormField>
  );
}

interface UriProps {
  value: string;
  placeholder: string;
  suggestion: string; // empty: none
  change: (value: string) => void;
}

function UriInput({ value, placeholder, suggestion, change }: UriProps) {
  if (!suggestion) {
    return (
      <Input value={value} placeholder={placeholder} onChange={({ detail }) => change(detail.value)} />
    );
  }
  return (
    <Autosuggest
      value={value}
      placeholder={placeholder}
      options={[{ value: suggestion, description: 'A new bucket, made if it is not there' }]}
      enteredTextLabel={(text) => `Use: ${text}`}
      onChange={({ detail }) => change(detail.value)}
    />
  );
}

interface Props {
  name: SideName;
  draft: Draft;
  change: (draft: Draft) => void;
  problems: Problem[];
  accessOf?: string; // the job whose access is filled in
}

const accessHelp = 'Empty: the credentials that the server runs with.';

export function SideStep({ name, draft, change, problems, accessOf }: Props) {
  const [browsing, setBrowsing] = useState(false);
  const allowed = useVisit().about?.allowed;
  const side = draft[name];
  const set = (part: Partial<SideDraft>) => change({ ...draft, [name]: { ...side, ...part } });
  const errorOf = (field: string) =>
    problems.find((problem) => problem.field === `${name}.${field}`)?.message;
  const suggestion = name === 'destination' ? suggestedUri(draft) : '';
  const moves = draft.kind === 'migrate';
  const target = moves && name === 'destination';

  return (
    <SpaceBetween size="l">
      {target && (
        <Alert type="info">
          The bucket keeps its name. Say in which account, by its role, and in which region it is to
          stand.
        </Alert>
      )}
      {!target && (
        <Container header={<Header variant="h2">Location</Header>}>
          <FormField
            label={moves ? 'Bucket' : 'Bucket or prefix'}
            description={moves ? 's3://BUCKET' : 's3://BUCKET/PREFIX'}
            errorText={errorOf('uri')}
            constraintText={
              suggestion && normalUri(side.uri) === suggestion
                ? 'Suggested: a new bucket, made if it is not there.'
                : undefined
            }
            secondaryControl={<Button onClick={() => setBrowsing(true)}>Browse S3</Button>}
          >
            <UriInput
              value={side.uri}
              placeholder={moves ? 's3://photos' : 's3://photos/2026/'}
              suggestion={suggestion}
              change={(uri) => set({ uri })}
            />
          </FormField>
        </Container>
      )}
      <Container
        header={
          <Header
            variant="h2"
            description={accessOf ? `As in the newest job, ${accessOf}. ${accessHelp}` : accessHelp}
          >
            Access
          </Header>
        }
      >
        <ColumnLayout columns={2}>
          <Field
            label="Role ARN"
            help="Assumed for this side."
            value={side.role_arn}
            placeholder="arn:aws:iam::111122223333:role/S3Migrator"
            error={errorOf('role_arn')}
            known={allowed?.roles}
            change={(role_arn) => set({ role_arn })}
          />
          <Field
            label="External id"
            help="What the role's trust policy asks for."
            value={side.external_id}
            error={errorOf('external_id')}
            change={(external_id) => set({ external_id })}
          />
          <Field
            label="Profile"
            help="Of the server's ~/.aws/config."
            value={side.profile}
            error={errorOf('profile')}
            known={allowed?.profiles}
            change={(profile) => set({ profile })}
          />
          <Field
            label="Region"
            help={name === 'source' ? 'Found out by itself.' : 'Where a bucket that is not there is made.'}
            value={side.region}
            placeholder="eu-central-1"
            error={errorOf('region')}
            known={regions}
            change={(region) => set({ region })}
          />
          <Field
            label="Endpoint URL"
            help="An S3-compatible server instead of AWS."
            value={side.endpoint}
            error={errorOf('endpoint')}
            known={allowed?.endpoints}
            change={(endpoint) => set({ endpoint })}
          />
          {name === 'source' && (
            <Field
              label="Migrator role ARN"
              help="Assumed first; it then assumes the roles of both sides."
              value={draft.migrator_role_arn}
              error={problems.find((problem) => problem.field === 'migrator_role_arn')?.message}
              known={allowed?.roles}
              change={(migrator_role_arn) => change({ ...draft, migrator_role_arn })}
            />
          )}
        </ColumnLayout>
      </Container>
      {browsing && (
        <BrowseModal
          draft={draft}
          name={name}
          choose={(uri) => {
            set({ uri });
            setBrowsing(false);
          }}
          close={() => setBrowsing(false)}
        />
      )}
    </SpaceBetween>
  );
}
