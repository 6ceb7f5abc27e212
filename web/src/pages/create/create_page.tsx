import Spinner from '@cloudscape-design/components/spinner';
import Wizard from '@cloudscape-design/components/wizard';
import { useEffect, useMemo, useState } from 'react';

import { api } from '../../api/api';
import { ApiError } from '../../api/client';
import type { JobRequest } from '../../api/types';
import { usePageTitle } from '../../parts/page_title';
import { Trouble } from '../../parts/trouble';
import { go } from '../../router';
import { useVisit } from '../../state/session';
import { useAnswer } from '../../state/use_answer';
import { usePlan } from '../../state/use_plan';
import { AccessStep } from './access_step';
import {
  draftOf, emptyDraft, problemsOf, requestOf, suggestedUri, withAccessOf, withSuggestion,
  type Draft, type Problem,
} from './draft';
import { KindStep } from './kind_step';
import { OptionsStep } from './options_step';
import { ReviewStep } from './review_step';
import { SideStep } from './side_step';

// The step of the wizard in which a field stands.
function stepOf(field: string): number {
  if (field === 'kind') return 0;
  if (field.startsWith('source') || field === 'migrator_role_arn') return 1;
  if (field.startsWith('destination')) return 2;
  return field.startsWith('options') ? 3 : -1;
}

function problemsAt(draft: Draft, step: number): Problem[] {
  if (step === 1) return problemsOf(draft, 'source');
  return step === 2 ? problemsOf(draft, 'destination') : [];
}

const fieldsOf = (error: Error | undefined): Problem[] =>
  error instanceof ApiError ? (error.problem.errors ?? []) : [];

// What was typed and not yet begun: kept while the page is open, so that neither the browser's Back nor
// a session that ends loses it. In memory alone.
interface Unfinished {
  draft: Draft;
  step: number;
}
let unfinished: Unfinished | undefined;

export function forgetUnfinished(): void {
  unfinished = undefined;
}

interface WizardProps {
  start: Draft;
  step?: number;
  accessOf?: string; // the job whose access it begins with
}

function JobWizard({ start, step: first = 0, accessOf }: WizardProps) {
  const [draft, setDraft] = useState(start);
  const [step, setStep] = useState(first);
  const [filled, setFilled] = useState(''); // the suggestion that stands as the destination
  const [tried, setTried] = useState<number[]>([]);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Error>();
  const request = useMemo(() => requestOf(draft), [draft]);
  const planning = usePlan(request);

  const change = (next: Draft) => {
    setDraft(next);
    setRefusal(undefined);
  };
  useEffect(() => {
    if (draft !== start) unfinished = { draft, step };
  }, [draft, start, step]);
  const leave = (to: string) => {
    forgetUnfinished();
    go(to);
  };
  const own = [1, 2].filter((at) => tried.includes(at)).flatMap((at) => problemsAt(draft, at));
  const problems = [...own, ...fieldsOf(planning.error), ...fieldsOf(refusal)];

  // Forward only as far as everything before it is right; back always.
  function navigate(to: number) {
    const before = Array.from({ length: Math.max(0, to) }, (_, at) => at);
    setTried((all) => [...all, ...before]);
    const wrong = before.find((at) => problemsAt(draft, at).length > 0);
    const next = wrong ?? to;
    if (step < 2 && next === 2) {
      change(withSuggestion(draft, filled));
      setFilled(suggestedUri(draft));
    }
    setStep(next);
  }

  async function submit() {
    setBusy(true);
    try {
      const job = await api.create(request);
      leave(`#/jobs/${encodeURIComponent(job.id)}`);
    } catch (error) {
      setRefusal(error instanceof Error ? error : new Error(String(error)));
      const at = stepOf(fieldsOf(error as Error)[0]?.field ?? '');
      if (at >= 0) setStep(at);
      setBusy(false);
    }
  }

  const steps = [
    {
      title: 'Kind of job',
      content: <KindStep kind={draft.kind} change={(kind) => change({ ...draft, kind })} />,
    },
    {
      title: 'Source',
      content: (
        <SideStep
          name="source" draft={draft} change={change} problems={problems} accessOf={accessOf}
        />
      ),
    },
    {
      title: 'Destination',
      content: (
        <SideStep
          name="destination" draft={draft} change={change} problems={problems} accessOf={accessOf}
        />
      ),
    },
    {
      title: 'Options', isOptional: true,
      content: <OptionsStep draft={draft} change={change} problems={problems} />,
    },
    { title: 'Test access', isOptional: true, content: <AccessStep planning={planning} /> },
    {
      title: 'Review and start',
      content: (
        <ReviewStep request={request} planning={planning} error={refusal} edit={setStep} />
      ),
    },
  ];

  return (
    <Wizard
      steps={steps}
      activeStepIndex={step}
      onNavigate={({ detail }) => navigate(detail.requestedStepIndex)}
      onCancel={() => leave('#/jobs')}
      onSubmit={() => void submit()}
      isLoadingNextStep={busy}
      submitButtonText={draft.kind === 'copy' ? 'Start the copy' : 'Start the migration'}
    />
  );
}

// Who moves one bucket moves the next with the same roles. Undefined: there is no job to ask.
async function newestRequest(): Promise<{ id: string; request: JobRequest } | undefined> {
  const { jobs } = await api.jobs({ limit: 1 });
  const id = jobs[0]?.id;
  return id === undefined ? undefined : { id, request: await api.clone(id) };
}

function NewJob() {
  const allowed = useVisit().about?.allowed;
  const { value, loading } = useAnswer('newest', newestRequest);
  const [kept] = useState(unfinished);
  if (kept) return <JobWizard start={kept.draft} step={kept.step} />;
  if (loading) return <Spinner size="large" />;
  const start = value && withAccessOf(value.request, allowed);
  return <JobWizard start={start ?? emptyDraft} accessOf={start && value?.id} />;
}

function ClonedJob({ id }: { id: string }) {
  const { value, error, read } = useAnswer(id, () => api.clone(id));
  if (error) return <Trouble error={error} again={read} />;
  return value ? <JobWizard key={id} start={draftOf(value)} /> : <Spinner size="large" />;
}

export default function CreatePage({ clone }: { clone: string | undefined }) {
  usePageTitle('Create job - S3 migrator');
  return clone ? <ClonedJob id={clone} /> : <NewJob />;
}
