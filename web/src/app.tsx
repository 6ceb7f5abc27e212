import I18nProvider from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { useCallback, useEffect, useState } from 'react';

import { api } from './api/api';
import { ApiError, isSignedOut, whenSignedOut } from './api/client';
import { Frame } from './frame';
import { SignIn } from './pages/sign_in';
import { Unreachable } from './pages/unreachable';
import { VisitContext, type Visit } from './state/session';
import { startStream, stopStream, useLine } from './stream/stream';

const probePause = 3_000;
// What tabs tell each other: somebody has signed in.
const channelName = 's3migrator-session';

type Door = 'opening' | 'closed' | 'ended' | { unreachable: Error } | Visit;

async function enter(): Promise<Door> {
  try {
    const session = await api.session();
    return { session, about: await api.about() };
  } catch (error) {
    if (isSignedOut(error)) return 'closed';
    return { unreachable: error instanceof Error ? error : new ApiError(0, {}) };
  }
}

export function App() {
  const [door, setDoor] = useState<Door>('opening');

  const knock = useCallback(() => void enter().then(setDoor), []);
  useEffect(knock, [knock]);

  useEffect(() => {
    // Who was inside is told why they are asked again.
    whenSignedOut(() => setDoor((door) => (typeof door === 'object' ? 'ended' : 'closed')));
    return () => whenSignedOut(() => {});
  }, []);

  const inside = typeof door === 'object' && 'session' in door;
  useEffect(() => {
    if (!inside) return undefined;
    startStream();
    return stopStream;
  }, [inside]);

  // A stream cannot say why it ended. The session may have, with the server or in another tab.
  const { status } = useLine();
  useEffect(() => {
    if (!inside || status !== 'lost') return undefined;
    const timer = setInterval(() => {
      void enter().then((found) => {
        if (found === 'closed') setDoor('ended');
      });
    }, probePause);
    return () => clearInterval(timer);
  }, [inside, status]);

  // One sign-in is enough for all tabs.
  const outside = door === 'closed' || door === 'ended';
  useEffect(() => {
    if (!outside) return undefined;
    const channel = new BroadcastChannel(channelName);
    channel.onmessage = knock;
    return () => channel.close();
  }, [outside, knock]);
  const signedIn = () => {
    const channel = new BroadcastChannel(channelName);
    channel.postMessage('signed-in');
    channel.close();
    knock();
  };

  const leave = () => void api.signOut().then(() => setDoor('closed'), () => setDoor('closed'));

  return (
    <I18nProvider locale="en" messages={[messages]}>
      {outside && <SignIn ended={door === 'ended'} onSignedIn={signedIn} />}
      {typeof door === 'object' && 'unreachable' in door && (
        <Unreachable error={door.unreachable} again={knock} />
      )}
      {typeof door === 'object' && 'session' in door && (
        <VisitContext.Provider value={door}>
          <Frame onSignOut={leave} />
        </VisitContext.Provider>
      )}
    </I18nProvider>
  );
}
