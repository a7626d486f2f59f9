import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The admin pages: sources in web/, built into dist/web, which the manager serves. `vite` alone proxies to a running manager. */
export default defineConfig({
  root: 'web',
  plugins: [react()],
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2024',
    // The content security policy allows no data: fonts or scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    // Recorded for the test of the first load's size.
    manifest: 'manifest.json',
  },
});
