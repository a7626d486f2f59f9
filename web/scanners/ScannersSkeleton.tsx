/** The page's shape while the first answer is on its way. */
export function ScannersSkeleton() {
  return (
    <div className="page-parts" aria-hidden="true">
      <div className="bone bone-fleet" />
      <div className="bone bone-scanners" />
    </div>
  );
}
