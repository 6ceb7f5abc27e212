import Spinner from '@cloudscape-design/components/spinner';
import Wizard from '@cloudscape-design/components/wizard';
import { useMemo, useState } from 'react';

import { api } from '../../api/api';
import { ApiError } from '../../api/client';
import { usePageTitle } from '../../parts/page_title';
import { Trouble } from '../../parts/trouble';
import { go } from '../../router';
import { useAnswer } from '../../state/use_answer';
import { usePlan } from '../../state/use_plan';
import { AccessStep } from './access_step';
import { draftOf, emptyDraft, problemsOf, requestOf, type Draft, type Problem } from './draft';
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

function JobWizard({ start }: { start: Draft }) {
  const [draft, setDraft] = useState(start);
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState<number[]>([]);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Error>();
  const request = useMemo(() => requestOf(draft), [draft]);
  const planning = usePlan(request);

  const change = (next: Draft) => {
    setDraft(next);
    setRefusal(undefined);
  };
  const own = [1, 2].filter((at) => tried.includes(at)).flatMap((at) => problemsAt(draft, at));
  const problems = [...own, ...fieldsOf(planning.error), ...fieldsOf(refusal)];

  // Forward only as far as everything before it is right; back always.
  function navigate(to: number) {
    const before = Array.from({ length: Math.max(0, to) }, (_, at) => at);
    setTried((all) => [...all, ...before]);
    const wrong = before.find((at) => problemsAt(draft, at).length > 0);
    setStep(wrong ?? to);
  }

  async function submit() {
    setBusy(true);
    try {
      const job = await api.create(request);
      go(`#/jobs/${encodeURIComponent(job.id)}`);
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
      content: <SideStep name="source" draft={draft} change={change} problems={problems} />,
    },
    {
      title: 'Destination',
      content: <SideStep name="destination" draft={draft} change={change} problems={problems} />,
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
      onCancel={() => go('#/jobs')}
      onSubmit={() => void submit()}
      isLoadingNextStep={busy}
      submitButtonText={draft.kind === 'copy' ? 'Start the copy' : 'Start the migration'}
    />
  );
}

export default function CreatePage({ clone }: { clone: string | undefined }) {
  usePageTitle('Create job - S3 migrator');
  const { value, error, read } = useAnswer(clone, () => api.clone(clone!));
  if (!clone) return <JobWizard key="new" start={emptyDraft} />;
  if (error) return <Trouble error={error} again={read} />;
  return value ? <JobWizard key={clone} start={draftOf(value)} /> : <Spinner size="large" />;
}
