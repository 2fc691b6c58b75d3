// What the server answers, address by address, for the types of the page: as web/owner/, web/guests/owner.py and web/peers/owner.py make it.

type Id = string;
type Quality = "small" | "full" | "both";
type Verb =
  | "take"
  | "fill"
  | "rehearse"
  | "export"
  | "check"
  | "mend"
  | "copy"
  | "pocket"
  | "simulate"
  | "stash_take"
  | "stash_give"
  | "import"
  | "publish"
  | "accept"
  | "archive"
  | "mirror"
  | "premiere"
  | "open";
type Standing = "own" | "follow" | "new" | "carried" | "withdrawn" | "frozen";

interface Session {
  state: "none" | "locked" | "open";
  language: string;
  languages: { code: string; name: string; dir: "ltr" | "rtl" }[];
  version: string;
  suggest_words: string | null;
  show_names: boolean;
  hearing: Hearing;
}

interface Hearing {
  loudness: "track" | "album" | "off";
  speed: number;
}

interface Paper {
  title: string;
  lines: string[];
  qr: string;
}

interface Status {
  albums: number;
  tracks: number;
  duration_s: number;
  length: number;
  free: number | null;
  waiting: number;
  warnings: string[];
}

interface Album {
  id: Id;
  title: string;
  artist: string;
  artist_id: Id;
  year: number | null;
  cover: Id;
  tracks: number;
  duration_s: number;
  label: string;
  label_id: Id;
  own: boolean;
  carried: boolean;
  standing: Standing;
  withdrawn: boolean;
  disowned: boolean;
  complete: boolean;
  small: boolean;
  starred: boolean;
}

/** `heard` songs of `of` were heard; `next` is the song to go on with. */
interface Begun extends Album {
  heard: number;
  of: number;
  next: Id;
}

/** A line of the table of songs; `at` is where it stands. */
interface SongRow extends Song {
  at: number;
  year: number | null;
  genres: string[];
  artist_id: Id;
}

interface SongSheet extends SongRow {
  artists: string[];
  composer: string;
  credits: Credit[];
  label: string;
  length: number;
  bit_rate: number;
  sample_rate: number;
  bit_depth: number;
  comment: string;
  isrc: string;
  played: string;
}

/** Part of the shelf: a genre, or a decade by its first year. */
interface Way {
  id: string;
  name: string;
  albums: number;
}

/** `own` first albums are by them. */
interface ArtistSheet {
  id: Id;
  name: string;
  own: number;
  albums: Album[];
  top: Song[];
  starred: boolean;
}

/** No album stands on two of the shelves. */
interface HomePage {
  today: string;
  albums: number;
  picture: Album | null;
  begun: Begun[];
  followed: Album[];
  added: Album[];
  played: Album[];
}

/** An album with all that its sleeve shows; `notes` are safe HTML by language. */
interface Sleeve extends Album {
  artists: { id: Id; name: string }[];
  date: string;
  released: string;
  genres: string[];
  licence: string;
  support: string;
  aliases: string[];
  credits: Credit[];
  notes: Record<string, string>;
  sides: { name: string; title: string; tracks: Song[] }[];
  verdict: Verdict;
  signed: "" | "unsigned" | "signed" | "edited" | "withdrawn";
  edited: string;
  imprint_words: string;
  imprint_picture: string;
}

interface Verdict {
  word: "genuine" | "yours" | "disowned" | Exclude<Standing, "own" | "follow">;
  sentences: string[];
}

interface Credit {
  name: string;
  role: string;
}

interface Song {
  id: Id;
  rating: number;
  play_count: number;
  cut_off: boolean;
  promised_s: number;
  title: string;
  artist: string;
  number: number;
  disc: number;
  duration_s: number;
  codec: string;
  small: boolean;
  complete: boolean;
  gain_db: number | null;
  album_gain_db: number | null;
  anywhere: boolean;
  album_id: Id;
  album: string;
  cover: Id;
  starred: boolean;
}

/** Something that can be chosen, wherever it is listed. */
interface Thing {
  kind: "album" | "song" | "playlist";
  id: Id;
  title: string;
}

interface Artist {
  id: Id;
  name: string;
  albums: number;
}

interface Playlist {
  id: Id;
  name: string;
  count: number;
  duration_s: number;
  rule: object | null;
  public: boolean;
}

interface Layer {
  language: string;
  kind: "original" | "translation" | "romanisation";
  synced: boolean;
  lines: { at_ms: number | null; text: string }[];
}

/** The fields of an album that is published or edited; `notes` are Markdown by language. */
interface Fields {
  title: string;
  artist: string;
  date: string;
  genres: string[];
  licence?: string;
  support?: string;
  notes?: Record<string, string>;
  credits?: Credit[];
  tracks: TrackFields[];
}

interface TrackFields {
  id?: Id;
  upload?: string | number;
  title: string;
  artist: string;
  disc: number;
  position: number;
  pregap?: boolean;
}

interface Draft extends Fields {
  cover: string | null;
  repairs?: { before: string; after: string }[];
}

interface Stick {
  id: Id;
  name: string;
  free: number | null;
  length: number | null;
  readable: boolean;
  reels: Reel[];
  album_folders: boolean;
}

/** Something that is asked for; `here`: it has come. */
interface Wish {
  id: string;
  said: string;
  here: boolean;
}

/** `copies`: how often a reel was written and read back. */
interface Stash {
  reels: { name: string; bytes: number; week: string; copies: number }[];
  quota: number | null;
  said: string[];
}

interface Reel {
  id: Id;
  name: string;
  length: number;
  words: boolean;
  mine: boolean | null;
  open: boolean;
  file: boolean;
}

interface Label {
  id: Id;
  imprint: string;
  name: string;
  standing: "own" | "follow" | "new";
  own: boolean;
  words: string;
  frozen: boolean;
  freshness: string;
  picture: string;
  vouched?: string;
  club?: boolean;
}

/** An own album that says something else than its label signed of it. */
interface EditedAlbum {
  id: Id;
  title: string;
  label: string;
  label_id: Id;
  sentence: string;
}

/** `at`: when the last reel for them was cut, or nothing. */
interface FriendLacks {
  id: Id;
  name: string;
  at: string;
  new: number;
  corrected: number;
  albums: string[];
}

interface Desk {
  unsigned: number;
  edited: EditedAlbum[];
  frozen: { id: Id; name: string }[];
  friends: FriendLacks[];
}

/** `ids` are those of all, with the first page alone. */
/** A song that ends too early. */
type Torn = Pick<Song, "title" | "duration_s" | "cut_off" | "promised_s">;

/** What is about to be signed. */
interface Looked {
  albums: Album[];
  torn: Torn[];
}

interface Unsigned {
  total: number;
  albums: Album[];
  ids: Id[];
}

/** A label with all that its page shows. `disagree`, `handed_over` and `marked` are sentences, or nothing. */
/** Two lists of one version: `held` and `other` begin the digests by which one is chosen. */
interface Fork {
  sentence: string;
  held: string;
  other: string;
}

interface LabelSheet extends Label {
  forks: Fork[];
  qr: string;
  statement: string;
  vouches: VouchLine[];
  disagree: string;
  letters: boolean;
  handed_over: string;
  marked: string;
  holders: { need: number; of: number; verdict: string; all: Holder[]; waiting: number };
}

interface VouchLine {
  label_id: Id;
  name: string;
  picture: string;
  own: boolean;
  note: string;
  agrees: boolean;
  outgrown: boolean;
  heard: number;
}

interface Voice {
  label_id: Id;
  label: string;
  picture: string;
  own: boolean;
  recommended: boolean;
  rating: number | null;
  headline: string;
  text: string;
  language: string;
  date: string;
}

/** `labels` are my own; `average` is of `ratings` labels that I follow. */
interface AlbumVoices {
  voices: Voice[];
  average: number | null;
  ratings: number;
  strangers: number;
  labels: Pick<Label, "id" | "name" | "words">[];
}

/** An album that somebody speaks of; `album` is empty where it is not here, and `ask` says whom to ask then. */
interface Discovery {
  album: Id;
  cover: Id;
  title: string;
  artist: string;
  reasons: string[];
  ask: string;
  wish: Id;
}

/** What can be handed over; `qr` is a picture in itself, or nothing where it is too large for one. */
interface Passed {
  text: string;
  file: string;
  qr: string | null;
}

/** `key`: how its key begins. */
interface HolderCard extends Passed {
  name: string;
  key: string;
}

/** `here`: its key is in this library; `shown` names it. */
interface Holder {
  key: string;
  shown: string;
  here: boolean;
}

/** What becomes of a label's keys. `can_sign`: a key is here that has not signed it; `taken`: it is in force here; `passes_on`: others wait for it. */
interface Proposal extends Passed {
  name: string;
  words: string;
  sentence: string;
  changes: string[];
  signed_by: string;
  old: number;
  need_old: number;
  own: number;
  need_own: number;
  complete: boolean;
  taken: boolean;
  passes_on: boolean;
  can_sign: boolean;
  burn: string;
  papers: string[];
  signature: Passed | null;
}

interface Holding {
  labels: { label_id: Id; name: string; sentence: string; need: number; of: number }[];
  waiting: { id: string; name: string; can_sign: boolean }[];
  unused: number;
}

/** How the keys of a label shall change; `up_to`: the version of the list that is stood by. */
interface Arranging {
  need: number;
  papers: number;
  cards: string[];
  with_me: boolean;
  out: string[];
  up_to: number | null;
  instead: boolean;
}

interface Compiled {
  id: string;
  name: string;
  label: string;
  label_id: Id;
  own: boolean;
  count: number;
  here: number;
  date: string;
}

interface CompiledTrack {
  title: string;
  artist: string;
  duration_s: number;
  song: Song | null;
}

/** `said` is what can be said of who wrote it, `enclosed` a kind of thing. `name` is that of whoever can be blocked. */
interface LetterLine {
  id: Id;
  said: string;
  date: string;
  begins: string;
  enclosed: string;
  read: boolean;
}

/** `club`: the one that it lets in to; `words`: those of the label that signed it. */
interface Letter extends LetterLine {
  name: string;
  words: string;
  verdict: "signed" | "stranger" | "unproven" | "forwarded" | "replaced";
  text: string;
  answers: boolean;
  can_answer: boolean;
  club: string;
}

interface PostRoom {
  letters: LetterLine[];
  silenced: number;
  carried: { own: number; others: number; length: number };
}

interface Addressee {
  id: Id;
  name: string;
  words: string;
  kind: "friend" | "label";
}

/** `door`: a sentence on the key in force; `shut`: why there is none; `open`: reels can be filled for it. */
interface Club {
  id: Id;
  name: string;
  words: string;
  picture: string;
  role: "officer" | "member" | "left" | "out";
  door: string;
  shut: string;
  open: boolean;
}

interface ClubSheet extends Club {
  gigs: Gig[];
  members: Member[];
  officers: Officer[];
  holders: { need: number; of: number; verdict: string };
}

/** `key`: that of the door went to them. */
interface Member {
  id: Id;
  name: string;
  words: string;
  at: string;
  key: boolean;
}

/** `key` is that of the club label; `speaks`: what it says counts. */
interface Officer extends Holder {
  words: string;
  speaks: boolean;
}

interface Gig {
  id: Id;
  club: string;
  club_id: Id;
  summary: string;
  begins: string;
  ends: string;
  location: string;
  status: "TENTATIVE" | "CONFIRMED" | "CANCELLED";
}

/** A closed album; `here`: its sealed file is. `album` once it is open. */
interface Premiere {
  id: Id;
  title: string;
  artist: string;
  label: string;
  label_id: Id;
  opens: string;
  need: number;
  of: number;
  here: boolean;
  opened: boolean;
  album: Id;
  length: number;
}

interface Friend {
  id: Id;
  name: string;
  words: string;
  picture: string;
}

interface Card {
  name: string;
  words: string;
  text: string;
  qr: string;
}

interface App {
  id: Id;
  name: string;
  user: string;
  listener?: string;
  created?: string;
}

interface Shortfall {
  what: string;
  reason: string;
}

/** Long work as it stands; `total` is null while nobody knows it, and what `report` holds hangs on the verb. */
/** The page that opens sealed files in a browser; `groups` are the four lines of its fingerprint, the rest are sentences. */
interface City {
  people: number;
  couriers: number;
  weeks: number;
  stick: number;
  meetings: number;
  stash: boolean;
  seed: number;
}

interface BrowserPage {
  name: string;
  length: number;
  sha256: string;
  groups: string[];
  steps: string[];
  where: string[];
  honest: string[];
}

interface Job {
  id: Id;
  verb: Verb;
  state: "running" | "done" | "partly" | "failed" | "stopped";
  what: string;
  done: number;
  total: number | null;
  unit: "bytes" | "files";
  said: string[];
  sentence: string;
  report: {
    albums?: any;
    new_albums?: Id[];
    releases?: { id: Id }[];
    unchanged?: { id: Id }[];
    labels?: {
      removed?: { id: Id; title: string }[];
      unlisted?: { id: Id; title: string }[];
      refused_by?: { name: string; imprint: string };
    }[];
    frozen?: { id: Id; name: string }[];
    new_labels?: Pick<Label, "id" | "imprint" | "name" | "words" | "picture">[];
    mail?: { post: { opened: number }; brought: { waiting: { name: string; words: string }[] } };
    slips?: string[];
    stick?: Id;
    reel?: Id;
    qr?: string;
    address?: string;
    premiere?: Id;
    album?: Id;
    shares?: { holder: string; words: string; qr: string | null; letter: boolean }[];
  };
  missing: Shortfall[];
  more_missing: number;
  more_said: number;
  words: string;
  safe_to_pull: boolean;
}

interface Evening {
  open: true;
  url: string;
  qr: string;
  wifi_qr: string | null;
  until: string;
  counts: { listened: number; taken: number };
  albums: number;
  reels: {
    awaited: boolean;
    percent: number;
    files: number;
    length: number;
    place: string;
    name: string;
    trouble: string | null;
  }[];
  missing: Shortfall[];
}

/** For another laptop; `jobs`: what such ones give. */
interface Ticket {
  open: true;
  ticket: string;
  qr: string;
  address: string;
  words: string;
  until: string;
  missing: Shortfall[];
  jobs: Id[];
}

interface Air {
  evening: Evening | null;
  ticket: Ticket | null;
}

type Share = Evening | { open: false; url?: undefined };

interface Asking {
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** Also of a page that is being left. */
  keepalive?: boolean;
}

interface Sentence {
  sentence: string;
}

/** The first line that fits is the answer's type. */
interface Get {
  (url: "api/session", options?: Asking): Promise<Session>;
  (url: "api/words", options?: Asking): Promise<{ passphrase: string }>;
  (url: `api/words/${string}`, options?: Asking): Promise<{ words: string[] }>;
  (url: "api/paper", options?: Asking): Promise<Paper>;
  (url: "api/status", options?: Asking): Promise<Status>;
  (url: `api/messages/${string}`, options?: Asking): Promise<Record<string, string>>;
  (url: `api/albums/names?${string}`, options?: Asking): Promise<{ names: [Id, string][] }>;
  (url: "api/home", options?: Asking): Promise<HomePage>;
  (url: `api/songs/${string}/whole`): Promise<object>;
  (url: `api/albums?${string}`, options?: Asking): Promise<{ total: number; albums: Album[] }>;
  (url: `api/albums/${Id}/edit`, options?: Asking): Promise<Fields>;
  (url: `api/albums/${Id}/voices`, options?: Asking): Promise<AlbumVoices>;
  (url: `api/albums/${Id}`, options?: Asking): Promise<Sleeve>;
  (url: `api/artists?${string}`, options?: Asking): Promise<{ total: number; artists: Artist[] }>;
  (url: `api/artists/${Id}/songs?${string}`, options?: Asking): Promise<{ songs: Song[] }>;
  (url: `api/artists/${Id}`, options?: Asking): Promise<ArtistSheet>;
  (url: "api/ways", options?: Asking): Promise<{ genres: Way[]; decades: Way[] }>;
  (url: `api/letters?${string}`, options?: Asking): Promise<{ letters: [string, number][] }>;
  (url: "api/shuffled", options?: Asking): Promise<{ songs: Song[] }>;
  (url: `api/songs?${string}`, options?: Asking): Promise<{ total: number; songs: SongRow[] }>;
  (url: `api/songs/${Id}/waveform`, options?: Asking): Promise<{ peaks: number[] }>;
  (url: `api/songs/${Id}/lyrics`, options?: Asking): Promise<{ lyrics: Layer[] }>;
  (url: "api/uploads", options?: Asking): Promise<{ uploads: { id: number; name: string; length: number }[] }>;
  (url: "api/in-hand" | `api/in-hand?after=${string}`, options?: Asking): Promise<{ places: Record<string, unknown> }>;
  (url: `api/songs/${Id}`, options?: Asking): Promise<SongSheet>;
  (url: "api/queue", options?: Asking): Promise<{ songs: Song[]; current: number; position_ms: number }>;
  (url: "api/playlists", options?: Asking): Promise<{ playlists: Playlist[] }>;
  (url: `api/playlists/${Id}`, options?: Asking): Promise<Playlist & { songs: Song[] }>;
  (
    url: `api/drafts?${string}`,
    options?: Asking,
  ): Promise<{ albums: Draft[]; refused: { name: string; reason: string }[] }>;
  (url: "api/sticks", options?: Asking): Promise<{ sticks: Stick[]; files: Stick[] }>;
  (url: "api/wishes", options?: Asking): Promise<{ wishes: Wish[] }>;
  (url: "api/stash", options?: Asking): Promise<Stash>;
  (url: "api/pocket", options?: Asking): Promise<BrowserPage>;
  (url: "api/city", options?: Asking): Promise<{ city: City }>;
  (url: "api/slips", options?: Asking): Promise<{ due: number }>;
  (url: "api/desk", options?: Asking): Promise<Desk>;
  (url: `api/desk/unsigned?${string}`, options?: Asking): Promise<Unsigned>;
  (url: "api/labels", options?: Asking): Promise<Label[]>;
  (url: "api/labels/blocked", options?: Asking): Promise<{ id: Id; name: string; words: string }[]>;
  (url: `api/labels/${Id}`, options?: Asking): Promise<LabelSheet>;
  (url: `api/proposals/${string}`, options?: Asking): Promise<Proposal>;
  (url: "api/holding", options?: Asking): Promise<Holding>;
  (url: "api/discover", options?: Asking): Promise<{ lines: Discovery[] }>;
  (url: "api/compilations", options?: Asking): Promise<{ compilations: Compiled[] }>;
  (
    url: `api/compilations/${string}`,
    options?: Asking,
  ): Promise<Compiled & { notes: Record<string, string>; tracks: CompiledTrack[] }>;
  (url: "api/friends", options?: Asking): Promise<Friend[]>;
  (url: "api/post", options?: Asking): Promise<PostRoom>;
  (url: "api/post/people", options?: Asking): Promise<{ people: Addressee[]; labels: Label[] }>;
  (url: `api/post/${Id}/text`, options?: Asking): Promise<{ text: string }>;
  (url: `api/post/${Id}`, options?: Asking): Promise<Letter>;
  (
    url: "api/clubs",
    options?: Asking,
  ): Promise<{ clubs: Club[]; gigs: Gig[]; invited: { letter: Id; name: string; words: string }[] }>;
  (url: `api/clubs/${Id}`, options?: Asking): Promise<ClubSheet>;
  (url: "api/watching", options?: Asking): Promise<{ folder: string; sentence: string }>;
  (url: "api/beside", options?: Asking): Promise<{ unread: number; closed: Premiere[]; more: number }>;
  (url: "api/premieres", options?: Asking): Promise<{ premieres: Premiere[] }>;
  (url: `api/premieres/${Id}`, options?: Asking): Promise<Premiere>;
  (url: `api/card?label=${Id}`, options?: Asking): Promise<Card>;
  (url: "api/apps", options?: Asking): Promise<App[]>;
  (url: "api/jobs", options?: Asking): Promise<{ jobs: Job[] }>;
  (url: `api/jobs/${Id}?wait=1`, options?: Asking): Promise<Job>;
  (url: "api/share", options?: Asking): Promise<Share>;
  (url: "api/ticket", options?: Asking): Promise<Ticket | { open: false }>;
  (url: "api/quarantine", options?: Asking): Promise<{ left: { id: Id; name: string; length: number }[] }>;
}

interface Post {
  (url: "api/init", body: { passphrase: string }): Promise<Session & { paper: Paper }>;
  (url: "api/unlock", body: { passphrase: string }): Promise<Session>;
  (url: "api/lock"): Promise<Session>;
  (url: "api/panic", body: { sure: true }): Promise<{}>;
  (url: "api/session", body: { language: string }): Promise<Session>;
  (url: "api/watching", body: { path: string }): Promise<{ folder: string; sentence: string }>;
  (url: "api/settings", body: { show_names: boolean }): Promise<Session>;
  (url: "api/search", body: { q: string; offset: number; size: number }, options?: Asking): Promise<Found>;
  (url: "api/star", body: { songs: Id[]; albums: Id[]; artists: Id[]; on: boolean }): Promise<{}>;
  (url: "api/rate", body: { song: Id; stars: number }): Promise<{}>;
  (url: "api/played", body: { song: Id; at: string }): Promise<{}>;
  (url: "api/playlists", body: { name: string; songs?: Id[]; rule?: object }): Promise<Playlist>;
  (url: `api/albums/${Id}/cover`, body: Blob, options?: Asking): Promise<Sentence>;
  (url: `api/albums/${Id}/undo`): Promise<Sentence>;
  (url: `api/albums/${Id}/review`, body: Saying): Promise<Sentence>;
  (url: `api/playlists/${Id}/sign`, body: { label: Id; notes: string; language: string }): Promise<Sentence>;
  (url: `api/labels/${Id}/vouch`, body: { label: Id; note: string }): Promise<Sentence>;
  (url: `api/labels/${Id}/${"holders" | "hand-over"}`, body: Arranging): Promise<Proposal>;
  (url: "api/holders/read", body: Blob | { text: string }, options?: Asking): Promise<HolderCard>;
  (url: "api/holders/card", body: { name: string }): Promise<HolderCard>;
  (url: "api/proposals", body: Blob | { text: string }, options?: Asking): Promise<Proposal>;
  (url: "api/proposals/sign", body: { proposal: string; words: string; instead: boolean }): Promise<Proposal>;
  (
    url: "api/post",
    body: {
      to: Id;
      answers: Id;
      text: string;
      label: Id;
      name: string;
      demo: number | null;
      attach: number | null;
      card: Id;
    },
  ): Promise<Sentence & { lines: string[] }>;
  (url: `api/post/${Id}/${"block" | "join"}`): Promise<Sentence>;
  (url: `api/labels/${Id}/letters`, body: { address: "on" | "new" | "off" }): Promise<Sentence>;
  (url: "api/clubs", body: { name: string }): Promise<Club & { paper_words: string }>;
  (url: `api/clubs/${Id}/admit?past=${boolean}`, body: Blob | object, options?: Asking): Promise<Sentence>;
  (url: `api/clubs/${Id}/expel`, body: { member: Id; silent: boolean }): Promise<Sentence>;
  (url: `api/clubs/${Id}/leave`): Promise<Sentence>;
  (
    url: `api/clubs/${Id}/gigs`,
    body: { summary: string; begins: string; ends: string; location: string },
  ): Promise<Sentence>;
  (url: `api/clubs/${Id}/officers`, body: Arranging): Promise<Proposal>;
  (url: `api/clubs/${Id}/officers/card`, body: { name: string }): Promise<HolderCard>;
  (url: `api/premieres/${Id}/share`, body: Blob | { text: string }, options?: Asking): Promise<{ text: string }>;
  (url: "api/jobs", body: { verb: Verb; [option: string]: unknown }): Promise<Job>;
  (url: "api/sticks", body: { path: string }): Promise<Stick>;
  (url: "api/wishes", body: { name: string }): Promise<{ wishes: Wish[] }>;
  (url: "api/slips", body?: { reels: string[] }): Promise<Sentence>;
  (url: "api/stash/drop", body: { names: string[]; sure: boolean }): Promise<Stash>;
  (url: "api/stash/quota", body: { quota: number | null }): Promise<Stash>;
  (
    url: "api/downloads",
    body: Ticked & { name: string },
    options?: Asking,
  ): Promise<{ id: Id; name: string; missing: Shortfall[] }>;
  (url: "api/desk/look", body: { albums: Id[] }, options?: Asking): Promise<Looked>;
  (url: "api/chosen", body: Ticked, options?: Asking): Promise<{ ids: Id[]; songs: Song[] }>;
  (url: "api/fill/preview", body: Filling, options?: Asking): Promise<Estimate>;
  (url: "api/labels", body: { name: string }): Promise<Label & { paper_words: string }>;
  (url: `api/labels/${Id}/${"follow" | "block"}`, body: { sure: boolean }): Promise<Sentence>;
  (url: `api/labels/${Id}/unfollow`): Promise<Sentence>;
  (url: `api/friends/${Id}/forget`): Promise<Sentence>;
  (url: `api/labels/${Id}/name`, body: { name: string }): Promise<Sentence>;
  (url: `api/labels/${Id}/follow`, body: { sure: boolean }): Promise<Sentence>;
  (url: `api/labels/${Id}/choose`, body: { branch: string }): Promise<object>;
  (
    url: "api/friends" | `api/friends?replace=${boolean}&sure=${boolean}`,
    body: Blob | object,
    options?: Asking,
  ): Promise<Befriended>;
  (url: "api/apps", body: { name: string; listener: string }): Promise<NewApp>;
  (url: "api/share" | "api/ticket", body: object): Promise<{}>;
  (url: "api/quarantine/refuse", body: { ids: Id[] }): Promise<{}>;
}

interface Put {
  (url: "api/hearing", body: Hearing): Promise<Session>;
  (
    url: "api/in-hand",
    body: { page: string; places: Record<string, unknown>; left: boolean },
    options?: Asking,
  ): Promise<{}>;
  (url: "api/queue", body: { songs: Id[]; current: number; position_ms: number }, options?: Asking): Promise<{}>;
  (url: `api/playlists/${Id}`, body: { name?: string; songs?: Id[]; add?: Id[]; public?: boolean }): Promise<Playlist>;
}

interface Found {
  artists: Artist[];
  albums: Album[];
  songs: Song[];
  more: boolean;
}

interface Saying {
  label: Id;
  recommended: boolean;
  rating: number | null;
  headline: string;
  text: string;
  language: string;
}

interface Ticked {
  albums: Id[];
  songs: Id[];
  playlists: Id[];
}

interface Filling {
  stick: Id;
  friends: string[];
  club: Id;
  open: boolean;
  one_file: boolean;
  labels: Id[];
  albums: Id[];
  songs: Id[];
  playlists: Id[];
  new: boolean;
  size: number | null;
  quality: Quality;
  voices: boolean;
  slip: boolean;
  city: boolean;
}

interface Estimate {
  length: number;
  tracks: number;
  free: number | null;
  fits: boolean;
  full_length: number;
  small_length: number | null;
}

interface Befriended {
  name: string;
  words: string;
  known: boolean;
  own: boolean;
}

/** `qr`: an image of the address `once`; `reachable`: whether other devices reach these addresses. */
interface NewApp extends App {
  secret: string;
  url: string;
  once: string;
  qr: string;
  reachable: boolean;
}
