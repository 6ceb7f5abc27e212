import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { usePageTitle } from '../parts/page_title';
import { changeSettings, useSettings, type Settings } from '../settings';
import { useVisit } from '../state/session';
import { timeText } from '../text/durations';
import { dash } from '../text/numbers';

const listed = (names: string[] | undefined) => (names?.length ? names.join(', ') : dash);

export default function SettingsPage() {
  usePageTitle('Settings - S3 migrator');
  const settings = useSettings();
  const { session, about } = useVisit();
  return (
    <ContentLayout header={<Header variant="h1">Settings</Header>}>
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">Appearance</Header>}>
          <SpaceBetween size="l">
            <FormField label="Mode" description="Kept in this browser.">
              <SegmentedControl
                label="Mode"
                selectedId={settings.mode}
                options={[
                  { id: 'system', text: "The system's" },
                  { id: 'light', text: 'Light' },
                  { id: 'dark', text: 'Dark' },
                ]}
                onChange={({ detail }) =>
                  changeSettings({ mode: detail.selectedId as Settings['mode'] })}
              />
            </FormField>
            <FormField label="Density">
              <SegmentedControl
                label="Density"
                selectedId={settings.density}
                options={[
                  { id: 'comfortable', text: 'Comfortable' },
                  { id: 'compact', text: 'Compact' },
                ]}
                onChange={({ detail }) =>
                  changeSettings({ density: detail.selectedId as Settings['density'] })}
              />
            </FormField>
          </SpaceBetween>
        </Container>
        <Container header={<Header variant="h2">This server</Header>}>
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'Program', value: about ? `${about.program} ${about.version}` : dash },
              { label: 'Jobs are kept in', value: about?.store ?? dash },
              {
                label: 'Jobs run',
                value: about?.executor === 'none' ? 'elsewhere; this console only watches' : 'here',
              },
              {
                label: 'Signed in as',
                value: session.name ? `${session.name} (${session.role})` : session.role,
              },
              { label: 'Until', value: timeText(session.expires_at) },
              { label: 'Simulated cloud', value: about?.simulator ? 'Yes' : 'No' },
              { label: 'Endpoints allowed', value: listed(about?.allowed.endpoints) },
              { label: 'Profiles allowed', value: listed(about?.allowed.profiles) },
              { label: 'Roles allowed', value: listed(about?.allowed.roles) },
            ]}
          />
        </Container>
      </SpaceBetween>
    </ContentLayout>
  );
}
