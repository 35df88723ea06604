/** An article, internal article or collection as Intercom lists it; whatever a test puts there. */
export type ListedDocument = { id: string; updated_at?: unknown; [more: string]: unknown };

export type HelpCenterState = {
  articles: ListedDocument[];
  internalArticles: ListedDocument[];
  collections: ListedDocument[];
  macros: ListedDocument[];
  externalPages: ListedDocument[];
  importSources: ListedDocument[];
};

export type ListPage = {
  type: "list";
  data: ListedDocument[];
  total_count: number;
  pages: { type: "pages"; page: number; per_page: number; total_pages: number };
};

const defaultPerPage = 25;

/** What the help center's lists answer: by page number, the most recently updated first. */
export function listPage(documents: ListedDocument[], query: URLSearchParams): ListPage {
  const page = Number(query.get("page") ?? 1);
  const perPage = Number(query.get("per_page") ?? defaultPerPage);
  const sorted = documents.toSorted(
    (one, other) => Number(other.updated_at) - Number(one.updated_at),
  );
  return {
    type: "list",
    data: sorted.slice((page - 1) * perPage, page * perPage),
    total_count: sorted.length,
    pages: {
      type: "pages",
      page,
      per_page: perPage,
      total_pages: Math.max(1, Math.ceil(sorted.length / perPage)),
    },
  };
}

/** What Fin's library took in: with the address of the next page. */
export function linkedPage(documents: ListedDocument[], query: URLSearchParams, path: string) {
  const list = listPage(documents, query);
  const { page, per_page, total_pages } = list.pages;
  const next =
    page < total_pages
      ? `https://api.intercom.io${path}?page=${page + 1}&per_page=${per_page}`
      : null;
  return { ...list, pages: { ...list.pages, next } };
}

/** Saved replies: from a cursor on. */
export function macroPage(macros: ListedDocument[], query: URLSearchParams) {
  const perPage = Math.min(2, Number(query.get("per_page") ?? 50));
  const from = Number(query.get("starting_after") ?? 0);
  const to = from + perPage;
  const next = to < macros.length ? { starting_after: String(to) } : null;
  const pages = { type: "pages", per_page: perPage, next };
  return { type: "list", data: macros.slice(from, to), pages };
}

/** A published article; give what matters to the test. */
export function articleDocument(
  id: string,
  title: string | null,
  body: string | null,
  more: object = {},
): ListedDocument {
  return {
    id,
    type: "article",
    workspace_id: "abc123def",
    parent_ids: [],
    tags: { type: "tag.list", tags: [] },
    title,
    description: "",
    body,
    body_markdown: null,
    author_id: 9608801,
    state: "published",
    created_at: 1734537283,
    updated_at: 1734537283,
    url: `https://help.example.com/en/articles/${id}`,
    help_center_audience: "everyone",
    ...more,
  };
}
