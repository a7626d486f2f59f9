export { DirectoryTarget } from './directory.ts';
