import { useCallback, useEffect, useState } from 'react';

import { api } from '../../api/api';
import type { Browsed } from '../../api/types';
import { useAnswer } from '../../state/use_answer';
import { bucketOf, normalUri, requestOf, type Draft, type SideName } from './draft';

export interface S3Place {
  bucket: string; // empty: all buckets
  prefix: string;
}

// Where to begin: in the bucket that is typed already.
function startOf(draft: Draft, name: SideName): S3Place {
  const bucket = bucketOf(draft[name].uri);
  const rest = normalUri(draft[name].uri).slice(`s3://${bucket}/`.length);
  return { bucket, prefix: rest.endsWith('/') ? rest : '' };
}

const together = (before: Browsed, after: Browsed): Browsed => ({
  buckets: [...before.buckets, ...after.buckets],
  prefixes: [...before.prefixes, ...after.prefixes],
  objects: [...before.objects, ...after.objects],
  next: after.next,
});

// What is in a place of S3 as the side's access sees it, page by page.
export function useBrowse(draft: Draft, name: SideName) {
  const [place, setPlace] = useState(() => startOf(draft, name));
  const [next, setNext] = useState('');
  const [found, setFound] = useState<Browsed>();
  const request = requestOf(draft);
  const answer = useAnswer(JSON.stringify([place, next]), async () => {
    const page = await api.browse({
      side: request[name], migrator_role_arn: request.migrator_role_arn, ...place,
      ...(next ? { next } : {}),
    });
    return { next, page };
  });

  const { value } = answer;
  useEffect(() => {
    if (!value) return;
    setFound((before) => (value.next && before ? together(before, value.page) : value.page));
  }, [value]);

  const goTo = useCallback((to: S3Place) => {
    setFound(undefined);
    setNext('');
    setPlace(to);
  }, []);
  return {
    place,
    setPlace: goTo,
    found,
    loading: answer.loading,
    error: answer.error,
    read: answer.read,
    more: () => setNext(found?.next ?? ''),
  };
}
