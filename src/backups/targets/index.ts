export { DirectoryTarget, type DirectoryOptions } from './directory.ts';
