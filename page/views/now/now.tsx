export function NowView() {
  return <p class="empty">Nothing is here yet.</p>;
}
