import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';

import { isSignedOut } from '../api/client';
import { useLine } from '../stream/stream';
import { timeText } from '../text/durations';

interface Notify {
  say(type: 'success' | 'info' | 'warning', content: string): void;
  fail(error: unknown): void;
  clear(): void;
}

const NotifyContext = createContext<Notify>({ say() {}, fail() {}, clear() {} });

export const useNotify = () => useContext(NotifyContext);

interface Note {
  id: string;
  type: 'success' | 'info' | 'warning' | 'error';
  content: string;
}

const most = 5;
let number = 0;

export function useNotes(): { notify: Notify; notes: Note[]; drop: (id: string) => void } {
  const [notes, setNotes] = useState<Note[]>([]);
  const add = useCallback((type: Note['type'], content: string) => {
    number += 1;
    const note = { id: `note-${number}`, type, content };
    // The same sentence once: a repeated failure is no news.
    setNotes((all) => [note, ...all.filter((each) => each.content !== content)].slice(0, most));
  }, []);
  const drop = useCallback((id: string) => setNotes((all) => all.filter((n) => n.id !== id)), []);
  const notify = useMemo<Notify>(
    () => ({
      say: add,
      fail: (error) => {
        if (isSignedOut(error)) return; // the sign-in page says it
        add('error', error instanceof Error ? error.message : String(error));
      },
      clear: () => setNotes([]),
    }),
    [add],
  );
  return { notify, notes, drop };
}

export function NotifyProvider({ notify, children }: { notify: Notify; children: ReactNode }) {
  return <NotifyContext.Provider value={notify}>{children}</NotifyContext.Provider>;
}

function lostItem(since: number): FlashbarProps.MessageDefinition {
  const time = timeText(new Date(since).toISOString());
  return {
    id: 'connection-lost',
    type: 'warning',
    loading: false,
    header: 'Connection to the server lost',
    content: `What you see is from ${time} and marked as stale. Jobs do not need this page, but those that the server ran go on only when it is there again. It connects again by itself.`,
  };
}

export function Notes({ notes, drop }: { notes: Note[]; drop: (id: string) => void }) {
  const { status, since } = useLine();
  const items: FlashbarProps.MessageDefinition[] = notes.map((note) => ({
    ...note,
    dismissible: true,
    dismissLabel: 'Dismiss',
    onDismiss: () => drop(note.id),
  }));
  if (status === 'lost') items.unshift(lostItem(since));
  return <Flashbar items={items} />;
}
