import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';

import type { Draft, OptionValue, Problem } from './draft';
import { groupsFor, type OptionSpec } from './option_specs';

interface FieldProps {
  spec: OptionSpec;
  value: OptionValue | undefined;
  error: string | undefined;
  change: (value: OptionValue) => void;
}

function Field({ spec, value, error, change }: FieldProps) {
  const text = typeof value === 'string' ? value : '';
  if (spec.form === 'flag') {
    return (
      <FormField errorText={error}>
        <Checkbox
          checked={value === true}
          description={spec.help}
          onChange={({ detail }) => change(detail.checked)}
        >
          {spec.label}
        </Checkbox>
      </FormField>
    );
  }
  return (
    <FormField label={spec.label} description={spec.help} errorText={error}>
      {spec.form === 'choice' && (
        <Select
          options={spec.choices}
          selectedOption={spec.choices.find((each) => each.value === (text || spec.usual)) ?? null}
          onChange={({ detail }) => {
            const chosen = detail.selectedOption.value ?? '';
            change(chosen === spec.usual ? '' : chosen);
          }}
        />
      )}
      {spec.form === 'text' && (
        <Input
          value={text}
          placeholder={spec.placeholder}
          onChange={({ detail }) => change(detail.value)}
        />
      )}
      {spec.form === 'lines' && (
        <Textarea
          value={text}
          rows={2}
          placeholder={spec.placeholder}
          onChange={({ detail }) => change(detail.value)}
        />
      )}
    </FormField>
  );
}

interface Props {
  draft: Draft;
  change: (draft: Draft) => void;
  problems: Problem[];
}

export function OptionsStep({ draft, change, problems }: Props) {
  const errorOf = (name: string) =>
    problems.find((problem) => problem.field === `options.${name}`)?.message;
  return (
    <SpaceBetween size="l">
      {groupsFor(draft.kind).map(([group, specs], index) => (
        <ExpandableSection
          key={`${draft.kind} ${group}`}
          variant="container"
          headerText={group}
          defaultExpanded={index === 0 || specs.some((spec) => errorOf(spec.name))}
        >
          <ColumnLayout columns={2}>
            {specs.map((spec) => (
              <Field
                key={spec.name}
                spec={spec}
                value={draft.options[spec.name]}
                error={errorOf(spec.name)}
                change={(value) =>
                  change({ ...draft, options: { ...draft.options, [spec.name]: value } })}
              />
            ))}
          </ColumnLayout>
        </ExpandableSection>
      ))}
    </SpaceBetween>
  );
}
