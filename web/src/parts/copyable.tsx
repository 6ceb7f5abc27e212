import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';

// A text to take along, as it is, with a button that copies it. `what` names it for the ear.
export function Copyable({ text, what }: { text: string; what: string }) {
  return (
    <SpaceBetween size="xs">
      {/* Reachable by keyboard, since it may scroll. */}
      <Box>
        <pre className="code" tabIndex={0} aria-label={what}>
          {text}
        </pre>
      </Box>
      <CopyToClipboard
        copyButtonText={`Copy ${what}`}
        copySuccessText="Copied"
        copyErrorText="The browser did not let it be copied"
        textToCopy={text}
      />
    </SpaceBetween>
  );
}
