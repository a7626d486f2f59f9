import type { ReleasePosture } from '../contract/index.ts';

/** The posture of one moment, ready to be sent. */
export interface PostureView {
  readonly posture: ReleasePosture;
  /** The posture as JSON text, made once per refresh. */
  readonly json: string;
  /** Weak ETag of the content, `W/"…"`: stays while nothing but the times of reading has changed. */
  readonly etag: string;
}

/** Where everybody gets the posture from: always from memory, never waiting for a database. */
export interface PostureSource {
  current(): PostureView;
  /** Resolves once each part was read, or could not be, for the first time. */
  whenRead(): Promise<void>;
  /** Reads everything anew, each part within its deadline, and gives the new view. */
  refresh(): Promise<PostureView>;
  /** Calls the listener after every change of content; gives the function that ends it. */
  onChange(listener: (view: PostureView) => void): () => void;
}
