package importers

import (
	"bytes"
	"strings"
	"testing"
)

const someMapping = `kind: deployments
row:
  model_id: {column: model}
  hardware_id: {column: gpu}
  region: {column: Land, alias: {Tschechien: CZE}}
  started: {column: time}
  output_tokens: {column: tokens}
  energy: {column: wh, unit: Wh}
  energy_boundary: device
  scope: intensity
  quality: measured
  source: a test
  licence: CC0-1.0
skip:
  - {column: status, is: [failed, 0], why: no answer was given}
`

func mappedAs(t *testing.T, mapping string, files ...File) imported {
	t.Helper()
	return importFiles(t, "mapped", Options{Mapping: "m.yaml", MappingText: []byte(mapping)}, files...)
}

// The same three records as CSV with semicolons and decimal commas, as a JSON array, as lines of JSON, and as what the import of the first wrote.
func TestAMappingReadsEachFormOfAFile(t *testing.T) {
	forms := map[string]string{
		"semicolons": "\ufeffmodel;gpu;Land;time;tokens;wh;status\r\nm;8 x NVIDIA A100-SXM4-80GB;Tschechien;2024-02-29T23:59:59Z;12;3600,5;ok\r\nm;;FRA;2024-03-01 10:00:00.123;7;1;failed\r\nn;;FRA;2024-03-01;7;1;ok\r\n",
		"an array": `[{"model":"m","gpu":"8 x NVIDIA A100-SXM4-80GB","Land":"Tschechien","time":"2024-02-29T23:59:59Z","tokens":12,"wh":3600.5,"status":"ok"},
			{"model":"m","Land":"FRA","time":"2024-03-01 10:00:00.123","tokens":7,"wh":1,"status":"failed"},{"model":"n","gpu":null,"Land":"FRA","time":"2024-03-01","tokens":7,"wh":1.0,"status":"ok"}]`,
		"lines": `{"model":"m","gpu":"8 x NVIDIA A100-SXM4-80GB","Land":"Tschechien","time":"2024-02-29T23:59:59Z","tokens":12,"wh":3600.5}
{"model":"m","status":0,"Land":"FRA","time":"2024-03-01 10:00:00.123","tokens":7,"wh":1}

{"model":"n","Land":"FRA","time":"2024-03-01","tokens":7,"wh":1}`,
	}
	for name, content := range forms {
		t.Run(name, func(t *testing.T) {
			got := mappedAs(t, someMapping, text("log", content))
			if f := got.report.Files; len(f) != 1 || f[0].Records != 3 || f[0].Used != 2 || f[0].Why[0].Why != "no answer was given" {
				t.Fatalf("%+v\n%s", f, got.told)
			}
			got.want(t, 0, "model_id: m\nhardware_id: nvidia-a100-sxm4-80gb\nregion: CZE\nregion_basis: published\nstarted: 2024-02-29\noutput_tokens: 12\nenergy: 3.6005\nscope: intensity\norigin_row: 1")
			got.want(t, 1, "model_id: n\nhardware_id: -\nstarted: 2024-03-01\nenergy: 0.001\norigin_row: 3")
		})
	}
	first := mappedAs(t, someMapping, text("log", forms["semicolons"]))
	again := mappedAs(t, `kind: deployments
row:
  model_id: {column: model_id}
  region: {column: region}
  started: {column: started}
  energy: {column: energy, unit: kWh}
  energy_boundary: {column: energy_boundary}
  scope: {column: scope}
  quality: {column: quality}
  source: {column: source}
  licence: {column: licence}
`, File{Name: "first.parquet", R: bytes.NewReader(first.file), Size: int64(len(first.file))})
	again.want(t, 0, "model_id: m\nregion: CZE\nstarted: 2024-02-29\nenergy: 3.6005\norigin_file: first.parquet\norigin_row: 1")
	again.want(t, 1, "model_id: n\norigin_row: 2")
}

func TestRecordsStandWithinAnObject(t *testing.T) {
	mapping := strings.Replace(someMapping, "row:", "file: {records: data.runs}\nrow:", 1)
	got := mappedAs(t, mapping, text("x.json", `{"version": 1, "data": {"runs": [{"model": "m", "gpu": "", "Land": "FRA", "time": "2024-01-01", "tokens": 1, "wh": 2, "status": ""}]}}`))
	got.want(t, 0, "model_id: m\nenergy: 0.002")
	keyed := strings.Replace(strings.Replace(someMapping, "row:", "file: {key: name}\nrow:", 1), "column: model}", "column: name}", 1)
	got = mappedAs(t, keyed, text("x.json", `{"a": {"gpu": "", "Land": "FRA", "time": "2024-01-01", "tokens": {"out": 1}, "wh": 2, "status": ""}, "b": 3}`))
	got.want(t, 0, "model_id: a")
	if f := got.report.Files[0]; f.Records != 2 || f.Left != 1 || f.Why[0].Why != "no object" {
		t.Errorf("%+v", f)
	}
	if !strings.Contains(got.told, `no record has "tokens"`) {
		t.Error(got.told)
	}
}

// Which of two values counts cannot be told, in whatever form a file holds its records.
func TestAValueThatStandsTwiceInARecordIsAnError(t *testing.T) {
	mapping := `kind: deployments
file: {records: runs, key: name}
row: {model_id: {column: name}, output_tokens: {column: u.e}, scope: intensity, quality: measured, source: a test, licence: CC0-1.0}
`
	lines := strings.Replace(mapping, "file: {records: runs, key: name}\n", "", 1)
	keyed := strings.Replace(mapping, "records: runs, ", "", 1)
	good := "{\"name\": \"m\", \"u\": {\"e\": 1}}\n"
	for _, test := range []struct{ name, mapping, content, told string }{
		{"a key of a line", lines, good + `  {"é": 1, "name": "m", "u": {"e": 1, "\u0065": 2}}`, "log:2:39: a key stands twice in one object [duplicate-name]"},
		{"a key of an array's record", lines, `[{"name": "m", "name": "n", "u.e": 1}]`, "log:1:16: a key stands twice in one object [duplicate-name]"},
		{"a column with points and one of an object", lines, good + `{"name": "m", "u.e": 1, "u": {"e": 7}}`, `log:2: record 2 has "u.e" twice: which is meant cannot be told [duplicate-name]`},
		{"a column with points and one of a list", strings.Replace(lines, "u.e", "u.0", 1), `[{"name": "m", "u": [1], "u.0": 1}]`, `log:1:2: record 1 has "u.0" twice: which is meant cannot be told [duplicate-name]`},
		{"the record's key and a column of its name", keyed, `{"m": {"name": "n", "u.e": 1}}`, `log:1:7: m has "name" twice: which is meant cannot be told [duplicate-name]`},
		{"a column that nobody asks for", lines, good + `{"name": "m", "u": {"e": 1, "f": 2}, "u.f": 3}`, ""},
		{"one record after another", lines, good + good, ""},
		{"a record's own name where it has no key", mapping, `{"runs": [{"name": "m", "u.e": 1}]}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := mappedAs(t, test.mapping, text("log", test.content))
			if got.told != test.told && !strings.Contains(got.told, test.told) || test.told == "" && got.told != "" {
				t.Errorf("told %q, want %q", got.told, test.told)
			}
		})
	}
}

func TestAMappingsMistakesAreAllTold(t *testing.T) {
	got := mappedAs(t, `kind: deployments
file: {separator: ",,"}
row:
  model: {column: model}
  model_id: {column: modell}
  energy: {column: wh, unit: km}
  region: {column: r, registry: regons}
  started: {column: t, unit: h}
  scope: some
  quality: measured
  source: ""
`, text("a.csv", "model,wh\nm,1\n"))
	for _, want := range []string{`m.yaml:4:3: deployments has no column "model"`, "km does not become kWh", `there is no registry "regons"`, `a date cannot be read in "h"`, `"some" is not a value of scope`,
		"source is empty", "every row of deployments needs licence"} {
		if !strings.Contains(got.told, want) {
			t.Errorf("told lacks %q:\n%s", want, got.told)
		}
	}
	got = mappedAs(t, someMapping, text("a.csv", "modle,gpu,Land,time,tokens,wh,status\nm,,FRA,2024-01-01,1,2,ok\n"))
	if !strings.Contains(got.told, `m.yaml:3:22: the file has no column "model" [missing-column]`) {
		t.Error(got.told)
	}
	got = mappedAs(t, someMapping, text("a.csv", "model,gpu,Land,time,tokens,wh,status\nm,,Tschechien,2024-01-01,many,2,ok\n"))
	if !strings.Contains(got.told, `a.csv:2:`) || !strings.Contains(got.told, `expected a number, found "many"`) {
		t.Error(got.told)
	}
}

// The example of the documentation is a mapping that holds.
func TestTheExampleOfAMappingHolds(t *testing.T) {
	got := mappedAs(t, strings.ReplaceAll(mappingExample, "\n    ", "\n")[4:], text("a.csv", "model;gpu;Land;timestamp;prompt_tokens;energy_wh;status\nours;H100;FRA;2024-01-01;5;1,5;ok\n"))
	got.want(t, 0, "model_id: our-model-7b\nenergy: 0.0015\nregion: FRA\ninput_tokens: 5")
}

// A time of a log is read at a glance where it has the day of the one before; both ways give the same.
func TestDaysReadAtAGlanceAreThoseOfTheirTimes(t *testing.T) {
	var m dayMemo
	for _, text := range []string{"2024-01-01T00:00:00", "2024-01-01 23:59:59.999", "2024-01-01T23:59:59Z", "2024-01-01T23:30:00-02:00", "2024-01-01T00:30:00+02:00", "2024-01-01", "2024-01-01T24:00:00",
		"2024-01-01T10:60:00", "2024-01-01T10:00:00.", "2024-01-01T10:00:00.1234567891", "2024-02-30T00:00:00", "2024-01-01T10:00", "", "2024-01-01X10:00:00", "0000-01-01T00:00:00"} {
		var fresh dayMemo
		day, ok := m.of([]byte(text))
		wantDay, want := fresh.of([]byte(text))
		if day != wantDay || ok != want {
			t.Errorf("%q is %v, %v after others, and %v, %v alone", text, day, ok, wantDay, want)
		}
		if at, parsed := instant(text); parsed && (!ok || dayOf(at) != day) {
			t.Errorf("%q is %v, want %v", text, day, dayOf(at))
		}
	}
}

func TestTextsThatMeanNoValueAreSaid(t *testing.T) {
	const head = "model,gpu,Land,time,tokens,wh,status\n"
	rows := head + "m,-,FRA,-,N/A,2,ok\nm,,FRA,2024-01-01,#DIV/0!,2,-\n"
	got := mappedAs(t, someMapping, text("a.csv", rows))
	if n := strings.Count(got.hints, "missing: [...] under file: in the mapping says which texts mean no value"); n != 2 {
		t.Error(got.hints)
	}
	if strings.Contains(got.told, "is skipped by this") || strings.Contains(got.told, "nothing is called") {
		t.Error("what a file that cannot be read does not use is told:\n" + got.told)
	}
	missing := strings.Replace(someMapping, "row:", "file: {missing: [N/A, \"-\", \"#DIV/0!\"]}\nrow:", 1)
	missing = strings.Replace(missing, "is: [failed, 0]", "is: \"-\"", 1) // a condition sees what is written
	got = mappedAs(t, missing, text("a.csv", rows))
	got.want(t, 0, "model_id: m\nhardware_id: -\nstarted: -\noutput_tokens: -\nenergy: 0.002")
	if f := got.report.Files[0]; f.Used != 1 || f.Left != 1 || len(got.left) != 1 {
		t.Errorf("%+v %q", f, got.left)
	}
	got = mappedAs(t, someMapping, text("a.json", `[{"model": "m", "Land": "FRA", "tokens": "n/a", "wh": 1}]`))
	if !strings.Contains(got.hints, "missing: [...]") {
		t.Error(got.hints)
	}
	// An empty file has no use for anything.
	if got = mappedAs(t, someMapping, text("a.csv", head)); got.told != "" {
		t.Error(got.told)
	}
}

func TestAnotherMarkOfDecimalsIsNamed(t *testing.T) {
	row := "model,gpu,Land,time,tokens,wh,status\nm,,FRA,2024-01-01,1,\"X\",ok\n"
	for written, want := range map[string]string{
		"0,75":    `where decimals are written with ",", file: {decimal: ","} in the mapping says which mark it is; a mark of thousands is not read`,
		"1.234,5": "a mark of thousands is not read: write the number without it",
		"1,234,5": "a mark of thousands is not read: write the number without it",
	} {
		if got := mappedAs(t, someMapping, text("a.csv", strings.Replace(row, "X", written, 1))); !strings.Contains(got.hints, want) {
			t.Errorf("%s: %s", written, got.hints)
		}
	}
	got := importFiles(t, "codecarbon", Options{Set: ours}, text("e.csv", "timestamp,duration,energy_consumed\n2024-01-01,1,\"1,5\"\n"))
	if !strings.Contains(got.hints, "the file is read with decimal points: save it so; a mark of thousands is not read") {
		t.Error(got.hints)
	}
}

func TestDatesAreReadAsTheMappingWritesThem(t *testing.T) {
	const head = "model,gpu,Land,time,tokens,wh,status\n"
	for _, c := range []struct{ form, written, day string }{
		{"DD.MM.YYYY", "01.02.2025", "2025-02-01"},
		{"MM/DD/YYYY hh:mm", "01/02/2025 23:59", "2025-01-02"},
		{"D.M.YYYY", "1.12.2025", "2025-12-01"},
		{"D.M.YYYY", "01.02.2025", "2025-02-01"},
		{"YYYYMMDD", "20250201", "2025-02-01"},
		{"DD.MM.YYYY hh:mm:ss", "31.12.2025 10:39:13", "2025-12-31"},
		{"DD.MM.YYYY", "02/13/2025", "-"},
		{"DD.MM.YYYY", "31.02.2025", "-"},
	} {
		got := mappedAs(t, strings.Replace(someMapping, "column: time}", "column: time, date: \""+c.form+"\"}", 1), text("a.csv", head+"m,,Tschechien,"+c.written+",1,2,failed\nm,,Tschechien,"+c.written+",1,2,ok\n"))
		got.want(t, 0, "started: "+c.day)
	}
	for _, form := range []string{"02.01.2006", "DD.MM.YY", "MM.YYYY", "DD.MM.YYYY MM", "yyyy-MM-DD", ""} {
		if got := mappedAs(t, strings.Replace(someMapping, "column: time}", "column: time, date: \""+form+"\"}", 1), text("a.csv", head)); !strings.Contains(got.told, "is no form of a date [bad-value]") {
			t.Errorf("%q: %s", form, got.told)
		}
	}
	got := mappedAs(t, strings.Replace(someMapping, "column: model}", "column: model, date: DD.MM.YYYY}", 1), text("a.csv", head))
	if !strings.Contains(got.told, "model_id holds no dates") {
		t.Error(got.told)
	}
}

func TestAColumnOfWhichNothingCouldBeReadIsTold(t *testing.T) {
	const head = "model,gpu,Land,time,tokens,wh,status\nm,,Tschechien,01.02.2025,1,2,failed\nm,,Tschechien,01.02.2025,1,2,ok\n"
	got := mappedAs(t, someMapping, text("a.csv", head+"m,,FRA,02.02.2025,1,2,ok\n"))
	if !strings.Contains(got.hints, `a.csv:3: warning: started: none of 2 values could be used; the first is "01.02.2025" [bad-value]`) || !strings.Contains(got.hints, "date: DD.MM.YYYY in the mapping reads days that are written so") {
		t.Error(got.hints)
	}
	if got = mappedAs(t, someMapping, text("a.csv", head+"m,,FRA,2025-02-02,1,2,ok\n")); got.told != "" {
		t.Error(got.told)
	}
}

func TestATitleAheadOfTheNamesIsToldApart(t *testing.T) {
	const table = "model;gpu;Land;time;tokens;wh;status\nm;;Tschechien;2025-02-01;1;2;failed\nm;;Tschechien;2025-02-01;1;2;ok\n"
	const want = "line 1 may be a title: file: {header: %s} in the mapping takes the columns' names from record %s"
	for title, header := range map[string]string{"Log of 2025\n": "2", "Log, of 2025\n\nby us\n": "3", "Log;;;;;;\n": "2"} {
		if got := mappedAs(t, someMapping, text("a.csv", title+table)); !strings.Contains(got.hints, strings.ReplaceAll(want, "%s", header)) {
			t.Errorf("%q: %s", title, got.hints)
		}
		got := mappedAs(t, strings.Replace(someMapping, "row:", "file: {header: "+header+"}\nrow:", 1), text("a.csv", title+table))
		got.want(t, 0, "model_id: m\nregion: CZE")
	}
	if got := mappedAs(t, someMapping, text("a.csv", strings.Replace(table, "model", "modle", 1))); strings.Contains(got.hints, "title") {
		t.Error(got.hints)
	}
}

// In a file of semicolons 1.024 is read with a decimal point, whether that was meant or not.
func TestAFractionOfACountIsTold(t *testing.T) {
	const table = "model;gpu;Land;time;tokens;wh;status\nm;;Tschechien;2025-02-01;1;2.5;failed\nm;;Tschechien;2025-02-01;1.024;2.5;ok\nm;;Tschechien;2025-02-01;2.048;2.5;ok\n"
	got := mappedAs(t, someMapping, text("a.csv", table))
	if want := "a.csv:3 column tokens: warning: output_tokens is 1.024 here, which counts no whole number [implausible-value]\n"; got.told != want {
		t.Errorf("%s\nwant %s", got.told, want)
	}
	got.want(t, 0, "output_tokens: 1.024")
	if got = mappedAs(t, someMapping, text("a.csv", strings.NewReplacer("1.024", "1024", "2.048", "2048").Replace(table))); got.told != "" {
		t.Error(got.told)
	}
}

// A number that a name states is kept: as what the row assumes, where the mapping reads no device_count.
func TestANumberOfDevicesInANameIsNotLost(t *testing.T) {
	got := mappedAs(t, someMapping, text("a.csv", "model,gpu,Land,time,tokens,wh,status\nm,8 x NVIDIA A100-SXM4-80GB,FRA,2024-01-01,1,2,ok\nm,NVIDIA A100-SXM4-80GB,FRA,2024-01-01,1,2,ok\n"))
	got.want(t, 0, "hardware_id: nvidia-a100-sxm4-80gb\nassumption: hardware printed as \"8 x NVIDIA A100-SXM4-80GB\": the row gives no device_count")
	got.want(t, 1, "hardware_id: nvidia-a100-sxm4-80gb\nassumption: -")
}
