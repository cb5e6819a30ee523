export function AgentsView() {
  return <p class="empty">Nothing is here yet.</p>;
}
