/** The page's shape while the first answer is on its way. */
export function ReleaseSkeleton() {
  return (
    <div className="page-parts" aria-hidden="true">
      <div className="bone bone-verdict" />
      <div className="database-cards">
        <div className="bone bone-card" />
        <div className="bone bone-card" />
        <div className="bone bone-card" />
      </div>
      <div className="bone bone-table" />
    </div>
  );
}
