/** The shape of a page with a few numbers over a list, while the first answer is on its way. */
export function ListSkeleton() {
  return (
    <div className="page-parts" aria-hidden="true">
      <div className="bone bone-numbers" />
      <div className="bone bone-list" />
    </div>
  );
}
