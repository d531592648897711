package importers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// What is wrong with the options is so for every file: no row is handed to a sink that was never begun.
func TestASinkThatWasNotBegunGetsNoRows(t *testing.T) {
	ended := make(chan imported, 1)
	go func() {
		ended <- importFiles(t, "mapped", Options{Mapping: "m.yaml", MappingText: []byte(someMapping), Set: map[string]string{"nosuch": "1"}},
			text("a.csv", "model,gpu,Land,time,tokens,wh,status\nm,,FRA,2024-03-01,7,1,ok\n"), text("b.csv", "model,gpu,Land,time,tokens,wh,status\nm,,FRA,2024-03-01,7,1,ok\n"))
	}()
	select {
	case got := <-ended:
		if strings.Count(got.told, `deployments has no column "nosuch"`) != 1 {
			t.Error(got.told)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the import waits for a sink that was not begun")
	}
}

type refusingSink struct{ Sink }

func (refusingSink) Begin(*datasets.Kind, []datasets.Field) error { return errors.New("no room") }
func (refusingSink) Left(Left)                                    {}

func TestThatASinkCannotBeginIsTold(t *testing.T) {
	f, _ := Find("codecarbon")
	var probs diag.List
	Import(f, []File{text("e.csv", "timestamp,duration,energy_consumed\n2024-01-01,1,1\n")}, Options{Set: ours}, refusingSink{}, &probs)
	if err := probs.Err(); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Error(err)
	}
}

// fullDisk takes so many bytes and no more.
type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, errors.New("no space")
	}
	return len(p), nil
}

// The first thing that goes wrong stops an import: a log without end does not run on against a full disk.
func TestAFullDiskEndsAnImport(t *testing.T) {
	log := "id\n" + strings.Repeat("some-model\n", 300_000)
	const mapping = "kind: deployments\nrow: {model_id: {column: id, registry: none}, scope: sample, quality: measured, source: a, licence: MIT}\n"
	w := NewWriter(&fullDisk{left: 8}, func() (io.WriteCloser, error) { return &closableBuffer{}, nil })
	f, _ := Find("mapped")
	var probs diag.List
	var read int64
	r := Import(f, []File{text("a.csv", log)}, Options{Mapping: "m.yaml", MappingText: []byte(mapping)}, countedSink{w, &read}, &probs)
	if err := w.Close(r); err == nil || !strings.Contains(err.Error(), "no space") {
		t.Error(err)
	}
	if read >= 300_000 {
		t.Errorf("%d rows were handed in", read)
	}
}

type countedSink struct {
	Sink
	rows *int64
}

func (s countedSink) Rows(b *Batch) error {
	err := s.Sink.Rows(b)
	if err == nil {
		*s.rows += int64(b.Rows)
	}
	return err
}

// An id that is made of a repetition may be one that the file prints as well.
func TestAnIDOfARepetitionIsNobodyElses(t *testing.T) {
	const mapping = "2024-01-01T00:00:10,m,%s,20,%v\n"
	log := "timestamp,project_name,run_id,duration,energy_consumed\n"
	for i, id := range []string{"a", "a#2", "a", "a#2", "a"} {
		log += fmt.Sprintf(mapping, id, 5-i) // less each time: no run that goes on
	}
	got := importFiles(t, "codecarbon", Options{Set: ours}, text("e.csv", log))
	ids := ""
	for _, r := range got.rows {
		ids += r["run_id"] + " "
	}
	if ids != "a a#2 a#3 a#2#2 a#4 " {
		t.Error(ids)
	}
}

// CodeCarbon writes the whole of a run anew at each flush. The example has three such runs: of 8a1d9822 six rows, which began within a second of each other
// (10:49:40 less 15.8 s, 10:50:56 less 91.8 s), and of which the last one has 0.0000640 kWh; the six together are 0.000233 kWh.
func TestARunThatCodeCarbonWritesAgainAndAgainCountsOnce(t *testing.T) {
	got := importFiles(t, "codecarbon", Options{Set: ours}, published(t, "codecarbon/examples-emissions.csv"))
	if f := got.report.Files[0]; f.Used != 19 || f.Left != 9 || f.Why[0] != (Reason{"a state of a run that went on: a later row of its run_id holds it", 7}) {
		t.Errorf("%+v", f)
	}
	got.want(t, got.find(t, "run_id", "8a1d9822-56c9-4c52-8497-5a2e32dd5b03"), "energy: 6.403828607971138e-05\nwall_time: 0.025506274170345733")
}

// Another run under the same id, begun anew, is one of its own.
func TestTheStatesOfARunAreThoseOfOneBeginning(t *testing.T) {
	got := importFiles(t, "codecarbon", Options{Set: ours}, text("e.csv", "timestamp,project_name,run_id,duration,energy_consumed\n"+
		"2024-01-01T00:00:10,m,a,10,1\n2024-01-01T00:00:20,m,a,20,2\n2024-01-01T01:00:00,m,a,30,3\n"))
	if len(got.rows) != 3 {
		t.Errorf("%d rows", len(got.rows))
	}
	// The last row decides: what it does not hold is kept.
	got = importFiles(t, "codecarbon", Options{Set: ours}, text("e.csv", "timestamp,project_name,run_id,duration,energy_consumed\n2024-01-01T00:00:10,m,a,10,1\n2024-01-01T00:00:20,m,a,20,2\n"))
	if len(got.rows) != 1 || got.rows[0]["energy"] != "2" {
		t.Error(got.rows)
	}
}

// A report of which each of thousands of parts is wrong is told in part, and how many parts are not. To find the place of each would take hours.
func TestWhatIsWrongWithAHostileReportIsToldInPart(t *testing.T) {
	got := importFiles(t, "boamps", Options{}, text("r.json", `{"header":{},"task":{},"measures":[`+strings.Repeat(`{"x":1},`, 3_000)+`{}]}`))
	if !strings.Contains(got.told, "has no") || strings.Count(got.told, "\n") > 1_000 {
		t.Error(got.told)
	}
}

func TestARunOfTooManyNodesIsGivenUp(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("submission,system,benchmark,result_id,node,n_samples,first_ms,last_ms,mean_power_w,energy_kwh_trapezoid\n")
	for i := range maxNodes + 10 {
		fmt.Fprintf(&b, "s,1xSMC,bert,r,node_%d,100,0,1000000,1000,0.2778\n", i)
	}
	got := importFiles(t, "mlperf-training", Options{}, text("a.csv", b.String()))
	if !strings.Contains(got.told, "the rest of the file was not read") {
		t.Errorf("%s", got.told)
	}
}

// Names are one where they are shown as one, whatever spaces stand between their words.
func TestANameIsReportedOnce(t *testing.T) {
	got := importFiles(t, "codecarbon", Options{Set: ours},
		text("e.csv", "timestamp,project_name,duration,energy_consumed,gpu_model\n2024-01-01T00:00:10,m,20,1.5,Tesla  V100\n2024-01-01T00:00:10,m,20,1.5,Tesla V100\n"))
	n := 0
	for _, name := range got.report.Names {
		if name.Registry == "hardware" {
			if n++; name.Count != 2 {
				t.Errorf("%+v", name)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d names", n)
	}
}

// A whole number of a Parquet file is an id as it stands there: 1234567, and not 1.234567e+06, as Go prints it.
func TestANumberOfAParquetFileMayBeAnID(t *testing.T) {
	first := importFiles(t, "mapped", Options{Mapping: "m.yaml", MappingText: []byte("kind: deployments\nrow: {model_id: m, requests: {column: n}, scope: sample, quality: measured, source: a, licence: MIT}\n")},
		text("a.csv", "n\n1234567\n0.25\n"))
	again := importFiles(t, "mapped", Options{Mapping: "m.yaml", MappingText: []byte("kind: deployments\nrow: {deployment_id: {column: requests}, model_id: m, scope: sample, quality: measured, source: a, licence: MIT}\n")},
		File{Name: "a.parquet", R: bytes.NewReader(first.file), Size: int64(len(first.file))})
	again.want(t, 0, "deployment_id: 1234567")
	again.want(t, 1, "deployment_id: 0.25")
}

func TestLinesOfJSONMayOpenWithAMark(t *testing.T) {
	got := mappedAs(t, someMapping, text("a.jsonl", "\ufeff{\"model\":\"m\",\"wh\":1}\n{\"model\":\"n\",\"wh\":2}\n"))
	if len(got.rows) != 2 {
		t.Errorf("%d rows: %s", len(got.rows), got.told)
	}
}

// A card that contradicts itself is told: neither number is taken in silence.
func TestACardSaysOnceHowManyDevicesThereAre(t *testing.T) {
	const card = "model: m\nsource: s\nlicence: MIT\nquality: measured\nscope: volume\nruns:\n  - {phase: pretraining, hardware: 64 x NVIDIA A100-SXM4-80GB, device_count: %d, device_hours: 400 h, year: 2024}\n"
	got := importFiles(t, "model-card", Options{}, text("card.yaml", fmt.Sprintf(card, 32)))
	if !strings.Contains(got.told, "device_count is 32, and hardware says 64 of them") {
		t.Error(got.told)
	}
	if got = importFiles(t, "model-card", Options{}, text("card.yaml", fmt.Sprintf(card, 64))); len(got.rows) != 1 {
		t.Error(got.told)
	}
}
