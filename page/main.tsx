import { render } from 'preact';
import { App } from './app.tsx';
import { follow } from './live/follow.ts';
import './style.css';

const root = document.getElementById('page');
if (root !== null) {
  root.replaceChildren();
  render(<App />, root);
  void follow();
}
