import './app/fonts.css';
import './app/tokens.css';
import './app/base.css';
import './app/shell.css';
import './parts/parts.css';
import './parts/page.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueries } from './api/queries.ts';
import { createAppRouter, fetchPageCode } from './app/router.tsx';
import { applyStoredTheme } from './app/theme.ts';

applyStoredTheme();

const queries = createQueries();
const router = createAppRouter(queries);
fetchPageCode(router);
const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no #root');

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
