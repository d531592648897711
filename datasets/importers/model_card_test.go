package importers

import (
	"io"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// exampleCard is the example of the format's description, as a file.
var exampleCard = strings.ReplaceAll("\n"+modelCardExample, "\n    ", "\n")[1:]

// Two rows by hand: 21 d = 504 h and 12.4 MWh = 12,400 kWh; 400 h on eight devices.
func TestTheExampleOfAModelCard(t *testing.T) {
	got := importFiles(t, "model-card", Options{}, text("card.yaml", exampleCard))
	if f := got.report.Files; len(f) != 1 || f[0].Records != 3 || f[0].Used != 2 || f[0].Why[0] != (Reason{"of another kind: --kind deployments reads it", 1}) {
		t.Fatalf("%+v\n%s", f, got.told)
	}
	got.want(t, 0, `
		run_id: example-7b-pretraining
		organisation: Example Institute
		phase: pretraining
		hardware_id: nvidia-a100-sxm4-80gb
		device_count: 64
		wall_time: 504
		energy: 12400
		energy_boundary: node
		energy_basis: metered
		pue: 1.2
		region: FRA
		region_basis: published
		started: 2026-03-01
		ended: 2026-03-21
		tokens: 2e+11
		parameters_total: 7e+09
		scope: volume
		quality: measured
		licence: CC-BY-4.0
		origin_row: 1`)
	got.want(t, 1, "run_id: example-7b-finetuning\ndevice_hours: 400\ndevice_count: 8\nyear: 2026\nregion: FRA\nenergy: -\nassumption: -")
	got = importFiles(t, "model-card", Options{Kind: "deployments"}, text("card.yaml", exampleCard))
	got.want(t, 0, "deployment_id: example-7b-example-chat\nservice: Example chat\ndevice_hours: 70080\nrequests: 2e+08\norigin_row: 1")
}

// Everything that is wrong with a card is told at once, at its place, with what to write instead.
func TestAModelCardThatIsWrong(t *testing.T) {
	got := importFiles(t, "model-card", Options{}, text("card.yaml", `modell: Example 7B
licence: MIT
run_ids: 4
runs:
  - phase: pre-training
    hardware: H100
    energy: 12.4 MW
    wall_time: 3000
    tokens: 200B
    device_hours: 3,000 h
    pue: 0.5
    regoin: FRA
    region: Frannce
    started: soon
    device_power: [1, 2]
    scope: volume
  - not a run
`))
	for _, want := range []string{
		`card.yaml:1:1: unknown key "modell" [unknown-key]`,
		`card.yaml:12:5: unknown key "regoin" [unknown-key]`,
		"card.yaml:5:5: no model",
		"card.yaml:5:5: no source",
		"card.yaml:5:5: no quality",
		"card.yaml:5:5: energy says nothing without energy_boundary",
		`card.yaml:5:12: "pre-training" is not a value of phase`,
		"card.yaml:7:13: energy is in kWh, which MW does not become",
		"card.yaml:8:16: wall_time has no unit",
		`card.yaml:9:13: tokens is not a number: "200B"`,
		`card.yaml:10:19: device_hours has a comma in its number: "3,000 h"`,
		"card.yaml:11:10: pue is 0.5",
		`card.yaml:13:13: the registry of regions does not know "Frannce"`,
		"card.yaml:14:14: ",
		"card.yaml:15:19: device_power is a single value; this is a list",
		"card.yaml:17:5: each of runs is a map",
	} {
		if !strings.Contains(got.told, want) {
			t.Errorf("told lacks %q:\n%s", want, got.told)
		}
	}
	if strings.Contains(got.told, "no phase") {
		t.Errorf("a phase that is wrong is told as missing:\n%s", got.told)
	}
	if f := got.report.Files[0]; f.Records != 2 || f.Left != 2 {
		t.Errorf("%+v", f)
	}
}

func TestWhatToWriteInsteadInAModelCard(t *testing.T) {
	const fine = "model: m\nsource: s\nlicence: MIT\nquality: reported\nscope: volume\nruns:\n  - phase: pretraining\n    "
	for line, want := range map[string]string{
		"regoin: FRA":           "did you mean region?",
		"hardware_id: x":        "it is called hardware",
		"run_id: x":             "it is called id",
		"region: Frannce":       "did you mean ",
		"phase2: x":             "did you mean phase?",
		"tokens: 200B":          "write 200e9",
		"tokens: 15 T":          "",
		"wall_time: 3000":       "write 3000 h, if that is what is meant",
		"wall_time: long":       "write a number and its unit, such as 3000 h",
		"device_hours: 3,000 h": "write 3000 h",
		"energy: 3 MWh":         "one of device, node, it, facility",
	} {
		var probs diag.List
		card := text("card.yaml", fine+line+"\n")
		f, _ := Find("model-card")
		w := NewWriter(io.Discard, func() (io.WriteCloser, error) { return &closableBuffer{}, nil })
		w.Close(Import(f, []File{card}, Options{}, w, &probs))
		all := ""
		for _, p := range probs.Problems() {
			all += p.String() + "\n"
		}
		if all == "" || !strings.Contains(all, want) {
			t.Errorf("%s: told lacks %q:\n%s", line, want, all)
		}
	}
}

const huggingFace = "---\r\nlanguage: [en, fr]\r\nlicense: mit\r\n# where it was trained\r\nco2_eq_emissions:\r\n  emissions: 3500\r\n  source: CodeCarbon\r\n  training_type: fine-tuning\r\n" +
	"  geographical_location: \"Georgia, USA\"\r\n  hardware_used: 8 x NVIDIA A100-SXM4-80GB\r\n%s---\r\n# A model\r\n\r\n|---|\r\n--- \r\nruns: [\r\n"

// Emissions never become energy; what the block says besides fills the gaps of an only run.
func TestTheMetadataOfHuggingFace(t *testing.T) {
	alone := text("README.md", strings.ReplaceAll(huggingFace, "%s", ""))
	run := text("README.md", strings.ReplaceAll(huggingFace, "%s", "model: ours\r\nsource: a card\r\nlicence: MIT\r\nquality: reported\r\nscope: intensity\r\nruns: [{wall_time: 90 min}]\r\n"))
	plainly := text("README.md", "---\nlicense: mit\n---\n# A model\n")
	bare := text("README.md", "# A model\n")
	got := importFiles(t, "model-card", Options{}, alone, run, plainly, bare)
	if got.report.Rows != 1 {
		t.Fatalf("%+v\n%s", got.report, got.told)
	}
	got.want(t, 0, "run_id: ours-finetuning\nphase: finetuning\nwall_time: 1.5\nhardware_id: nvidia-a100-sxm4-80gb\ndevice_count: 8\nregion: USA\nenergy: -\nlicence: MIT")
	list := strings.Join(got.left, "\n")
	for _, want := range []string{
		"README.md:6:3 | record | co2_eq_emissions 3500 g CO2e (CodeCarbon) | emissions cannot become energy",
		"value | co2_eq_emissions 3500 g CO2e (CodeCarbon) | emissions cannot become energy",
		"record | README.md | says nothing of runs, energy or hours",
		"record | README.md | Markdown without a block of metadata",
		"column | license | the licence of the model, which is not that of the card's figures",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
}

func TestAPlaceInWords(t *testing.T) {
	for words, want := range map[string]string{
		"France": "FRA", "Quebec, Canada": "CA-QC", "Georgia, USA": "USA", "Paris, France": "FRA", "Atlantis": "", "France, Atlantis": "", "Iowa, United States": "US-IA", "USA, Georgia": "GEO",
	} {
		if code, ok := placeInWords(words); code != want || ok != (want != "") {
			t.Errorf("%s is %q, want %q", words, code, want)
		}
	}
}

func FuzzModelCard(f *testing.F) {
	f.Add(exampleCard)
	f.Add("---\nco2_eq_emissions: 3\nruns: []\n---\n")
	f.Add("runs:\n  - {energy: 1e999 MWh, model: x}\ndeployments: 3\n")
	f.Fuzz(func(t *testing.T, card string) {
		importFiles(t, "model-card", Options{}, text("README.md", card))
	})
}
