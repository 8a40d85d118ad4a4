/** The mark: a road on arches over water. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <g stroke="var(--accent-ink)" strokeWidth="2.4" strokeLinecap="round">
        <path d="M5 12.5h22" />
        <path d="M7 22.5v-2.6a4.5 4.5 0 0 1 9 0v2.6M16 22.5v-2.6a4.5 4.5 0 0 1 9 0v2.6" />
      </g>
    </svg>
  );
}
