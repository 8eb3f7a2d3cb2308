/** Starts the page: styles, then the application in its element. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/base.css';
import './ui/ui.css';
import './frame/frame.css';
import './ui/theme.ts';
import { App } from './app.tsx';

const element = document.getElementById('page');
if (!element) throw new Error('index.html has no element for the page');
createRoot(element).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
