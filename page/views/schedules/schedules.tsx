export function SchedulesView() {
  return <p class="empty">Nothing is here yet.</p>;
}
