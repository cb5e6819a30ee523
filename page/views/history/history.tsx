export function HistoryView() {
  return <p class="empty">Nothing is here yet.</p>;
}
