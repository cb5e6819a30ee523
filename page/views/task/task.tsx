export function TaskView() {
  return <p class="empty">Nothing is here yet.</p>;
}
