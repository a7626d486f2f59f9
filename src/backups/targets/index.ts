export { DirectoryTarget } from './directory.ts';
export { recogniseTarget, type Recognition } from './recognise.ts';
export { S3Target } from './s3/index.ts';
