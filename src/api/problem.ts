/**
 * Makes of everything that may be thrown while a request is answered the problem that the caller gets (RFC 9457). A mistake of the
 * caller carries what the command line would say; a failure of ours says that it was logged, and nothing of what it was.
 */
import { STATUS_CODES } from 'node:http';
import { BadInput, Retryable, Terminal, type InputIssue } from '../domain/errors.ts';
import {
  Ambiguous,
  AmbiguousTask,
  KeyTaken,
  NotAllowed,
  NotFound,
  Outdated,
  TooMany,
  Unavailable,
  VoucherRefused,
} from '../domain/request-errors.ts';
import { isPassing } from '../net/passing-failure.ts';
import type { Problem } from './contract.ts';

export const problemType = 'application/problem+json';

/** An answer that is not 2xx, thrown where it is found out. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly title: string;
  readonly faults: readonly InputIssue[];
  readonly headers: Readonly<Record<string, string>>;
  /** @param detail one sentence: what happened, with which value, what to do */
  constructor(
    status: number,
    detail: string,
    {
      title = STATUS_CODES[status] ?? 'Refused',
      faults = [],
      headers = {},
    }: Partial<Pick<Refusal, 'title' | 'faults' | 'headers'>> = {},
  ) {
    super(detail);
    this.status = status;
    this.title = title;
    this.faults = faults;
    this.headers = headers;
  }
}

/** @returns `null` for a failure that is not the caller's: it belongs into the log */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (error instanceof BadInput) return badInput(error);
  if (error instanceof NotFound)
    return new Refusal(404, missingText(error), { title: `Unknown ${error.what}` });
  if (error instanceof NotAllowed) return new Refusal(403, error.message, { title: 'Not allowed' });
  if (error instanceof Outdated)
    return new Refusal(412, `${error.message}: read it again, and decide anew`, {
      title: 'The task has moved',
      headers: { etag: `"${String(error.version)}"` },
    });
  if (error instanceof Unavailable)
    return new Refusal(503, error.message, { title: 'Not available now', headers: { 'retry-after': '5' } });
  if (error instanceof TooMany)
    return new Refusal(429, error.message, { title: 'No room', headers: { 'retry-after': '30' } });
  if (error instanceof Ambiguous)
    return new Refusal(409, `${error.message}: say userName beside it`, {
      title: 'More than one account is meant',
    });
  if (error instanceof AmbiguousTask) return severalTasks(error);
  if (error instanceof KeyTaken) return new Refusal(409, keyTakenText(error), { title: 'The key is in use' });
  if (error instanceof VoucherRefused)
    return new Refusal(409, error.message, { title: 'The voucher was refused' });
  // Of other scopes it is a failure of ours: no request of the API is passed on to an exchange or a journal as it is.
  if (error instanceof Terminal && error.scope === 'account')
    return new Refusal(409, error.message, { title: 'Something has to be put right first' });
  return serverRefusal(error) ?? passingRefusal(error);
}

/** Of a failure that is not the caller's, and not known to pass. */
export const failed = (): Refusal =>
  new Refusal(
    500,
    'Something failed here, and it was logged. Ask again, or look into the log of the daemon',
    {
      title: 'Failed',
    },
  );

export const problemOf = ({ status, title, message, faults }: Refusal): Problem => ({
  type: 'about:blank',
  title,
  status,
  detail: message,
  ...(faults.length > 0 && { faults }),
});

function badInput({ message, issues }: BadInput): Refusal {
  const [title = 'Wrong value'] = message.split('\n', 1);
  const detail = issues.map(faultText).join('; ');
  return new Refusal(400, detail === '' ? title : detail, { title, faults: issues });
}

const faultText = ({ path, found, expected }: InputIssue): string =>
  `${path === '' ? '' : `${path}: `}${found === '' ? '' : `found ${found}, `}expected ${expected}`;

function missingText({ what, sought, ofUser }: NotFound): string {
  const among = ofUser === undefined ? '' : ` among what ${JSON.stringify(ofUser)} has`;
  return `There is no ${what} ${JSON.stringify(sought)}${among} that you may see`;
}

function severalTasks({ sought, matches, isCutOff }: AmbiguousTask): Refusal {
  const ids = matches.map(({ taskId }) => taskId).join(', ');
  return new Refusal(
    409,
    `Several tasks begin with ${JSON.stringify(sought)}: ${ids}${isCutOff ? ', …' : ''}`,
    {
      title: 'More than one task is meant',
    },
  );
}

const keyTakenText = ({ message, holder }: KeyTaken): string =>
  `${message}${holder ? ` (${JSON.stringify(holder.name)} of ${holder.userName})` : ''}: two of them would trade the same positions twice`;

/** What the server itself refuses before a handler runs; each has a status of its own. */
function serverRefusal(error: unknown): Refusal | null {
  if (!(error instanceof Error)) return null;
  const { statusCode, code } = error as Error & { statusCode?: unknown; code?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return null;
  const said = typeof code === 'string' ? serverTexts[code] : undefined;
  return new Refusal(statusCode, said ?? error.message);
}

const serverTexts: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'The address cannot be read: a % in it has to be written as %25',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the address is longer than any name',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than this route takes',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The body has to be JSON: send it with content-type: application/json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not JSON',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty: send JSON, or no content-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as its content-length says',
};

/** The database is away, or a daemon could not be asked: the same request may pass later. */
function passingRefusal(error: unknown): Refusal | null {
  const isRetryable = error instanceof Retryable;
  if (!isRetryable && !isPassing(error)) return null;
  const seconds = isRetryable ? Math.ceil(error.retryAfterMs / 1_000) : 2;
  return new Refusal(503, 'The database does not answer now: ask again in a moment', {
    title: 'Not available now',
    headers: { 'retry-after': String(seconds) },
  });
}
