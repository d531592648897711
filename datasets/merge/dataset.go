package merge

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/datasets/submission"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Names of the files of a version beside its tables.
const (
	DatasetFile    = "dataset.yaml"
	ChangelogFile  = "CHANGELOG.md"
	ChangesFile    = "changes.csv"
	StatementsFile = "statements.parquet"
)

// Format is the number of the format of a version.
const Format = "1"

// Dataset is an open version. Close closes its files.
type Dataset struct {
	Folder  *folder.Folder
	Name    string
	Version string
	Date    string
	Origins []*Origin // in their order

	inventories map[string]*datasets.Inventory // by kind
	tables      map[string]*folder.File
	statements  map[[2]string]statementRow // by kind and id
}

// statementRow is a row of statements.parquet: where a row of the version came from.
type statementRow struct {
	Kind       string `col:"kind"`
	ID         string `col:"id"`
	Stated     string `col:"stated_id"`  // the id that its contributor gave it
	Submission string `col:"submission"` // digest; null of a sum over confidential rows
	Ruled      bool   `col:"ruled"`      // alternative_to was set by a rule
	Correction bool   `col:"correction"` // its submission declares it to be one
	Since      string `col:"since"`      // digest of the submission whose place in the order it has; null for its own
}

// plainStatementRow is one of a version none of whose rows has another's place in the order: the column is left out.
type plainStatementRow struct {
	Kind       string `col:"kind"`
	ID         string `col:"id"`
	Stated     string `col:"stated_id"`
	Submission string `col:"submission"`
	Ruled      bool   `col:"ruled"`
	Correction bool   `col:"correction"`
}

// writeStatements writes statements.parquet.
func writeStatements(w io.Writer, rows []statementRow) error {
	meta := []parquet.KeyValue{{Key: parquet.FormatKey, Value: Format}}
	if slices.ContainsFunc(rows, func(r statementRow) bool { return r.Since != "" }) {
		return parquet.WriteRows(w, rows, meta)
	}
	plain := make([]plainStatementRow, len(rows))
	for i, r := range rows {
		plain[i] = plainStatementRow{r.Kind, r.ID, r.Stated, r.Submission, r.Ruled, r.Correction}
	}
	return parquet.WriteRows(w, plain, meta)
}

// readStatements reads statements.parquet.
func readStatements(t *parquet.File) ([]statementRow, error) {
	most := TheRules().Most * int64(len(datasets.Kinds()))
	if t.Column("since") >= 0 {
		return parquet.ReadRows[statementRow](t, most)
	}
	plain, err := parquet.ReadRows[plainStatementRow](t, most)
	rows := make([]statementRow, len(plain))
	for i, r := range plain {
		rows[i] = statementRow{Kind: r.Kind, ID: r.ID, Stated: r.Stated, Submission: r.Submission, Ruled: r.Ruled, Correction: r.Correction}
	}
	return rows, err
}

// datasetFile is dataset.yaml.
type datasetFile struct {
	At      *document.Node `doc:"@"`
	Dataset string         `doc:"dataset,required"`
	Format  string         `doc:"format,required"`
	Version string         `doc:"version,required"`
	Date    string         `doc:"date,required"`
	Base    struct {
		Version string `doc:"version,required"`
		Digest  string `doc:"digest,required"`
	} `doc:"base"`
	Minimum     int              `doc:"minimum_contributors,required"`
	Dominance   float64          `doc:"dominance,required"`
	Tables      []datasetTable   `doc:"tables,required"`
	Submissions []datasetOrigins `doc:"submissions"`
}

type datasetTable struct {
	At       *document.Node `doc:"@"`
	File     string         `doc:"file,required"`
	Kind     string         `doc:"kind,required"`
	Rows     int64          `doc:"rows,required"`
	SHA256   string         `doc:"sha256,required"`
	Licences []string       `doc:"licences,required"`
}

type datasetOrigins struct {
	At          *document.Node `doc:"@"`
	Digest      string         `doc:"digest,required"`
	Date        string         `doc:"date,required"`
	Contributor string         `doc:"contributor"`
	ORCID       string         `doc:"orcid"`
	Title       string         `doc:"title"`
	Licence     string         `doc:"licence,required"`
	Rows        int64          `doc:"rows,required"`
}

// Open opens a version and checks all of it. Problems go to probs; nil where there are errors. Only a cancelled context is an error.
func Open(ctx context.Context, name string, jobs int, probs *diag.List) (*Dataset, error) {
	before := probs.Count(diag.Error)
	f, err := folder.Open(ctx, name, probs)
	if f == nil {
		return nil, err
	}
	d := &Dataset{Folder: f, inventories: map[string]*datasets.Inventory{}, tables: map[string]*folder.File{}, statements: map[[2]string]statementRow{}}
	if err := d.open(ctx, jobs, probs); err != nil || probs.Count(diag.Error) > before {
		f.Close()
		return nil, err
	}
	return d, nil
}

// Close closes the files.
func (d *Dataset) Close() {
	if d != nil {
		d.Folder.Close()
	}
}

func (d *Dataset) open(ctx context.Context, jobs int, probs *diag.List) error {
	file, ok := d.Folder.File(DatasetFile)
	if !ok {
		probs.Errorf(diag.MissingFile, diag.Place{File: d.Folder.Name + "/" + DatasetFile}, "%s does not list the file: this is no version of a dataset", folder.Sums)
		return nil
	}
	text, err := file.Text()
	if err != nil {
		probs.Errorf(diag.MissingFile, diag.Place{File: file.Shown}, "the file cannot be read: %v", err)
		return nil
	}
	before := probs.Count(diag.Error)
	root := document.Parse(file.Shown, text, probs)
	if root == nil {
		return nil
	}
	var written datasetFile
	document.Decode(root, &written, probs)
	if probs.Count(diag.Error) > before {
		return nil
	}
	if written.Format != Format {
		probs.Add(root.Get("format").Problem(diag.BadValue, "this is format %s of datasets; format %s is read", written.Format, Format))
	}
	d.Name, d.Version, d.Date = written.Dataset, written.Version, written.Date
	d.origins(written.Submissions, probs)
	known := []string{DatasetFile, ChangelogFile, ChangesFile, StatementsFile}
	for _, t := range written.Tables {
		known = append(known, t.File)
		d.table(t, probs)
	}
	for _, f := range d.Folder.Files() {
		if !slices.Contains(known, f.Base) {
			probs.Errorf(diag.Refused, diag.Place{File: f.Shown}, "the file is no part of a version")
		}
	}
	d.readStatements(probs)
	if probs.Count(diag.Error) > before {
		return nil
	}
	for _, kind := range datasets.Kinds() { // references to catalogues are looked at where a study brings the files together
		if inv := d.inventories[kind.Name]; inv != nil {
			if err := inv.Check(ctx, datasets.CheckOptions{Jobs: jobs}, probs); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (d *Dataset) origins(written []datasetOrigins, probs *diag.List) {
	seen := map[string]bool{}
	for _, w := range written {
		if seen[w.Digest] || len(w.Digest) != 64 || !submission.IsDate(w.Date) {
			probs.Add(w.At.Problem(diag.BadValue, "this is no submission: digest %q of %q", w.Digest, w.Date))
			continue
		}
		seen[w.Digest] = true
		d.Origins = append(d.Origins, &Origin{Digest: w.Digest, Date: w.Date, Title: w.Title, Contributor: w.Contributor, ORCID: w.ORCID, Licence: w.Licence, Rows: w.Rows, based: true})
	}
}

func (d *Dataset) table(t datasetTable, probs *diag.List) {
	kind, known := datasets.KindByName(t.Kind)
	file, there := d.Folder.File(t.File)
	switch {
	case !known:
		probs.Add(t.At.Problem(diag.UnknownName, "no kind %q", t.Kind))
	case !there || path.Ext(t.File) != ".parquet" || t.File == StatementsFile:
		probs.Add(t.At.Problem(diag.MissingFile, "the version holds no table %q", t.File))
	case d.inventories[t.Kind] != nil:
		probs.Add(t.At.Problem(diag.DuplicateName, "the kind %s stands twice", t.Kind))
	case file.SHA256 != t.SHA256:
		probs.Add(t.At.Problem(diag.DigestMismatch, "the digest of %s is not the one that %s lists", t.File, folder.Sums))
	default:
		inv := datasets.OpenInventory(kind, []datasets.File{{Name: file.Shown, R: file, Size: file.Size}}, probs)
		if inv != nil {
			d.inventories[t.Kind], d.tables[t.Kind] = inv, file
		}
	}
}

// readStatements reads which submission each row came from.
func (d *Dataset) readStatements(probs *diag.List) {
	file, ok := d.Folder.File(StatementsFile)
	if !ok {
		probs.Errorf(diag.MissingFile, diag.Place{File: d.Folder.Name + "/" + StatementsFile}, "the file is missing: it says which submission each row came from")
		return
	}
	t, err := parquet.Open(file.Shown, file, file.Size)
	var rows []statementRow
	if err == nil {
		rows, err = readStatements(t)
	}
	if err != nil {
		probs.AddError(err, diag.BadParquet, diag.Place{File: file.Shown})
		return
	}
	for i, r := range rows {
		key := [2]string{r.Kind, r.ID}
		if _, twice := d.statements[key]; twice || r.ID == "" || !d.holds(r.Submission) || !d.holds(r.Since) {
			probs.Errorf(diag.BadValue, diag.Place{File: file.Shown, Row: int64(i + 1)}, "the row names no row of a submission of this version")
			continue
		}
		d.statements[key] = r
	}
}

// holds tells whether the version names a submission; none is no other.
func (d *Dataset) holds(submission string) bool {
	return submission == "" || slices.ContainsFunc(d.Origins, func(o *Origin) bool { return o.Digest == submission })
}

// loadBase reads the rows of the base.
func (k *kindMerge) loadBase(base *Dataset) error {
	inv := base.inventories[k.kind.Name]
	if inv == nil {
		return nil
	}
	table, columns, err := read(inv)
	if err != nil {
		return err
	}
	file := base.tables[k.kind.Name]
	origins := map[string]*Origin{}
	for _, o := range base.Origins {
		origins[o.Digest] = o
	}
	byID := map[string]*statement{}
	for row := range table.Rows {
		s := &statement{table: table, columns: columns, row: row, file: file.Base, shown: file.Shown, digest: file.SHA256, number: int64(row + 1)}
		s.published = s.text(k.at.id)
		if s.published == "" {
			k.nameless = append(k.nameless, s)
			continue
		}
		r, ok := base.statements[[2]string{k.kind.Name, s.published}]
		switch {
		case !ok:
			k.probs.Errorf(diag.BadValue, k.place(s, k.at.id), "%s does not say which submission the row is of", StatementsFile)
		case r.Submission == "":
			s.id = s.published
			k.fixed = append(k.fixed, s)
		default:
			s.origin = origins[r.Submission]
			s.id, s.ruled, s.corrects, s.identity, s.since = r.Stated, r.Ruled, r.Correction, s.origin.identity(), origins[r.Since]
			if s.ruled {
				k.ruled[s.published] = s.text(k.at.alternativeTo)
			}
			k.statements = append(k.statements, s)
			byID[s.published] = s
		}
	}
	for _, s := range k.statements { // references to own rows that got other ids, as they were stated
		for _, i := range k.references {
			to := byID[s.text(i)]
			if to != nil && to.id != to.published && to.identity == s.identity && !(i == k.at.alternativeTo && s.ruled) {
				if s.by == nil {
					s.by = map[int]string{}
				}
				s.by[i] = to.id
			}
		}
	}
	return nil
}

// openIDs are the ids of the open edition's rows of a kind.
func openIDs(kind *datasets.Kind) *datasets.IDs {
	edition, err := datasets.OpenEdition()
	if err != nil {
		return nil
	}
	content, ok := edition[kind.Name]
	if !ok {
		return nil
	}
	var ignored diag.List // the edition is part of the program
	inv := datasets.OpenInventory(kind, []datasets.File{{Name: kind.Name, R: bytes.NewReader(content), Size: int64(len(content))}}, &ignored)
	if inv == nil {
		return nil
	}
	ids, _ := inv.IDs()
	return ids
}

// yaml is dataset.yaml.
func (v *Version) yaml(tables []datasetTable) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "dataset: %s\nformat: %s\nversion: %s\ndate: %s\n", v.Name, document.Quote(Format), document.Quote(v.Version), document.Quote(v.Date))
	if v.BaseVersion != "" {
		fmt.Fprintf(&b, "base: {version: %s, digest: %s}\n", document.Quote(v.BaseVersion), document.Quote(v.BaseDigest))
	}
	fmt.Fprintf(&b, "minimum_contributors: %d # of a sum over confidential rows\ndominance: %v # at most, as a share of one contributor in it\n", v.Minimum, v.Largest)
	b.WriteString("tables:\n")
	for _, t := range tables {
		var licences []string
		for _, l := range t.Licences {
			licences = append(licences, document.Quote(l))
		}
		fmt.Fprintf(&b, "  - {file: %s, kind: %s, rows: %d, sha256: %s, licences: [%s]}\n", t.File, t.Kind, t.Rows, document.Quote(t.SHA256), strings.Join(licences, ", "))
	}
	b.WriteString("submissions:\n")
	for _, o := range v.Origins {
		fmt.Fprintf(&b, "  - {digest: %s, date: %s, licence: %s, rows: %d", document.Quote(o.Digest), document.Quote(o.Date), document.Quote(o.Licence), o.Rows)
		for _, f := range [][2]string{{"contributor", o.Contributor}, {"orcid", o.ORCID}, {"title", o.Title}} {
			if f[1] != "" && !o.hidden {
				fmt.Fprintf(&b, ", %s: %s", f[0], document.Quote(f[1]))
			}
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}
