import { createContext, useContext } from 'react';

import type { About, Session } from '../api/types';

export interface Visit {
  session: Session;
  about: About | undefined;
}

export const VisitContext = createContext<Visit>({ session: { role: 'viewer', expires_at: '' }, about: undefined });

export const useVisit = () => useContext(VisitContext);
export const useIsOperator = () => useContext(VisitContext).session.role === 'operator';

// Where jobs run elsewhere, this server can start none.
export function useMayCreate(): boolean {
  const { session, about } = useContext(VisitContext);
  return session.role === 'operator' && about?.executor !== 'none';
}
