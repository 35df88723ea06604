/** What Intercom knows of a contact, as a test states it. */
export type ContactState = {
  /** Fields of `GET /contacts/{id}`. */
  fields?: Record<string, unknown> | undefined;
  segments?: string[] | undefined;
  tags?: string[] | undefined;
  companies?: Record<string, unknown>[] | undefined;
  /** Pages of companies; more than one says that there are others. */
  companyPages?: number | undefined;
  /** The contact was merged into that one. */
  mergedInto?: string | undefined;
  isDeleted?: boolean | undefined;
};

export type Contacts = {
  known: Map<string, ContactState>;
  /** Own attributes of the workspace, and its segments. */
  attributes: { contact: string[]; company: string[]; conversation: string[] };
  segments: string[];
};

type Answer = { status: number; body: object; headers?: Record<string, string> };

const errorOf = (code: string) => ({ type: "error.list", errors: [{ code, message: code }] });

/** Carries out `GET /contacts/{id}` and its lists the way the documentation describes them. */
export function contactAnswer(contacts: Contacts, id: string, list: string | undefined): Answer {
  const state = contacts.known.get(id) ?? {};
  if (state.isDeleted) return { status: 404, body: errorOf("not_found") };
  if (state.mergedInto !== undefined) {
    const headers = { Link: `</contacts/${state.mergedInto}>; rel="canonical"` };
    return { status: 410, body: errorOf("contact_merged"), headers };
  }
  const { segments = [], tags = [], companies = [], companyPages = 1 } = state;
  switch (list) {
    case undefined:
      return { status: 200, body: contactDocument(id, state) };
    case "segments":
      return listOf(segments.map((name) => ({ type: "segment", id: name, name })));
    case "tags":
      return listOf(tags.map((name) => ({ type: "tag", id: name, name })));
    case "companies": {
      const { body } = listOf(companies.map((one) => ({ type: "company", id: "c", ...one })));
      const pages = { type: "pages", page: 1, per_page: 50, total_pages: companyPages };
      return { status: 200, body: { ...body, pages, total_count: companies.length } };
    }
    default:
      return { status: 404, body: errorOf("not_found") };
  }
}

/** `POST /contacts/search` by e-mail address; who was merged or deleted is not found. */
export function contactSearch({ known }: Contacts, body: Record<string, unknown>): Answer {
  const { value } = (body.query ?? {}) as { value?: { field: string; value: string }[] };
  const [filter] = value ?? [];
  if (filter?.field !== "email") return { status: 400, body: errorOf("parameter_invalid") };
  const found = [...known].filter(
    ([, { fields, mergedInto, isDeleted }]) =>
      fields?.email === filter.value && mergedInto === undefined && !isDeleted,
  );
  const data = found.map(([id, state]) => contactDocument(id, state));
  return { status: 200, body: { type: "list", data, total_count: data.length } };
}

export function attributesAnswer({ attributes }: Contacts, model: string | null): Answer {
  const names = model === "company" ? attributes.company : attributes.contact;
  return listOf(names.map((name) => ({ type: "data_attribute", name, custom: true, model })));
}

export function segmentsAnswer({ segments }: Contacts): Answer {
  const all = segments.map((name) => ({ type: "segment", id: name, name }));
  return { status: 200, body: { type: "segment.list", segments: all } };
}

function contactDocument(id: string, { fields, tags = [], companies = [] }: ContactState): object {
  const list = (rows: unknown[], name: string) => ({
    type: "list",
    data: rows.slice(0, 10).map((_row, index) => ({ type: name, id: String(index) })),
    url: `/contacts/${id}/${name}`,
    total_count: rows.length,
    has_more: rows.length > 10,
  });
  return {
    type: "contact",
    id,
    role: "user",
    email: "",
    name: null,
    language_override: null,
    browser_language: null,
    location: { type: "location", country: null, region: null, city: null },
    custom_attributes: {},
    tags: list(tags, "tags"),
    companies: list(companies, "companies"),
    ...fields,
  };
}

function listOf(data: object[]): Answer {
  return { status: 200, body: { type: "list", data } };
}
