export { S3Target } from './s3-target.ts';
