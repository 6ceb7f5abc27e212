import Alert from '@cloudscape-design/components/alert';
import AppLayoutToolbar from '@cloudscape-design/components/app-layout-toolbar';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import Spinner from '@cloudscape-design/components/spinner';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { lazy, Suspense, useEffect, useState } from 'react';

import { JobsPage } from './pages/jobs';
import { Notes, NotifyProvider, useNotes } from './parts/notify';
import { follow, useRoute, type Route } from './router';
import { changeSettings, isDark, useSettings } from './settings';
import { useMayCreate, useVisit } from './state/session';

const CreatePage = lazy(() => import('./pages/create/create_page'));
const JobPage = lazy(() => import('./pages/job/job_page'));
const SettingsPage = lazy(() => import('./pages/settings_page'));

interface Place {
  name: string;
  crumbs: { text: string; href: string }[];
  wizard?: boolean;
}

function placeOf({ path }: Route): Place {
  const jobs = { text: 'Jobs', href: '#/jobs' };
  if (path[0] === 'create') {
    return { name: 'create', crumbs: [jobs, { text: 'Create job', href: '#/create' }], wizard: true };
  }
  if (path[0] === 'settings') {
    return { name: 'settings', crumbs: [{ text: 'Settings', href: '#/settings' }] };
  }
  if (path[0] === 'jobs' && path[1]) {
    return { name: 'job', crumbs: [jobs, { text: path[1], href: '' }] };
  }
  return { name: 'jobs', crumbs: [jobs] };
}

function NoCreation() {
  const { session } = useVisit();
  return (
    <Alert type="info" header="Jobs are not created here">
      {session.role === 'operator'
        ? 'This console only watches: s3migrator copy and s3migrator migrate begin jobs.'
        : 'You may look at all jobs. To create one, sign in with the token of the operator.'}
    </Alert>
  );
}

function Page({ name, route }: { name: string; route: Route }) {
  const mayCreate = useMayCreate();
  if (name === 'create' && !mayCreate) return <NoCreation />;
  if (name === 'create') return <CreatePage clone={route.query.get('clone') ?? undefined} />;
  if (name === 'settings') return <SettingsPage />;
  if (name === 'job') {
    const id = route.path[1]!;
    const tab = route.path[2] ?? 'failures';
    return <JobPage key={id} id={id} tab={tab} step={route.query.get('step') ?? ''} />;
  }
  return <JobsPage />;
}

function Top({ onSignOut }: { onSignOut: () => void }) {
  const { session, about } = useVisit();
  useSettings();
  const dark = isDark();
  return (
    <div id="top">
      <TopNavigation
        identity={{ href: '#/jobs', title: 'S3 migrator', onFollow: follow }}
        utilities={[
          {
            type: 'button',
            text: dark ? 'Light mode' : 'Dark mode',
            onClick: () => changeSettings({ mode: dark ? 'light' : 'dark' }),
          },
          {
            type: 'menu-dropdown',
            iconName: 'user-profile',
            text: session.name || (session.role === 'operator' ? 'Operator' : 'Viewer'),
            description: about ? `${about.program} ${about.version}` : undefined,
            items: [
              { id: 'settings', text: 'Settings', href: '#/settings' },
              { id: 'sign-out', text: 'Sign out' },
            ],
            onItemFollow: follow,
            onItemClick: ({ detail }) => {
              if (detail.id === 'sign-out') onSignOut();
            },
          },
        ]}
      />
    </div>
  );
}

const createLink = { type: 'link' as const, text: 'Create job', href: '#/create' };

export function Frame({ onSignOut }: { onSignOut: () => void }) {
  const route = useRoute();
  const { notify, notes, drop } = useNotes();
  const [open, setOpen] = useState(false);
  const mayCreate = useMayCreate();
  const place = placeOf(route);
  const where = route.path.slice(0, 2).join('/');
  useEffect(() => {
    notify.clear();
    window.scrollTo(0, 0);
  }, [where, notify]);

  return (
    <NotifyProvider notify={notify}>
      <Top onSignOut={onSignOut} />
      <AppLayoutToolbar
        headerSelector="#top"
        toolsHide
        contentType={place.wizard ? 'wizard' : place.name === 'jobs' ? 'table' : 'default'}
        maxContentWidth={1800}
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigation={
          <SideNavigation
            header={{ text: 'S3 migrator', href: '#/jobs' }}
            activeHref={`#/${place.name === 'job' ? 'jobs' : place.name}`}
            onFollow={follow}
            items={[
              { type: 'link', text: 'Jobs', href: '#/jobs' },
              ...(mayCreate ? [createLink] : []),
              { type: 'divider' },
              { type: 'link', text: 'Settings', href: '#/settings' },
              {
                type: 'link', text: 'API description', href: '/api/v1/openapi.json', external: true,
                externalIconAriaLabel: 'Opens in a new tab',
              },
            ]}
          />
        }
        breadcrumbs={
          <BreadcrumbGroup
            items={[{ text: 'S3 migrator', href: '#/jobs' }, ...place.crumbs]}
            onFollow={follow}
          />
        }
        notifications={<Notes notes={notes} drop={drop} />}
        content={
          <Suspense fallback={<Spinner size="large" />}>
            <Page name={place.name} route={route} />
          </Suspense>
        }
      />
    </NotifyProvider>
  );
}
