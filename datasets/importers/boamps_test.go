package importers

import (
	"strings"
	"testing"
)

// boampsOne is a report of our own.
const boampsOne = `{
  "header": {"licensing": "CC-BY-4.0", "reportId": "r1", "reportDatetime": "2025-02-26 16:57:00", "reportStatus": "final",
    "publisher": {"name": "Example", "confidentialityLevel": "public"}},
  "task": {"taskStage": "inference", "taskFamily": "text classification", "nbRequest": 100,
    "algorithms": [{"foundationModelName": "example-7b", "parametersNumber": 7, "quantization": "int8"}],
    "dataset": [{"dataUsage": "input", "dataType": "token", "dataQuantity": 20}, {"dataUsage": "output", "dataType": "token", "dataQuantity": 5}]},
  "measures": [{"measurementMethod": "codecarbon", "version": "2.5.0", "powerConsumption": 0.5, "measurementDuration": 36, "measurementDateTime": "2024-09-30 23:59:40"}],
  "infrastructure": {"infraType": "publicCloud", "cloudProvider": "ovh", "components": [
    {"componentName": "2 x Tesla V100S-PCIE-32GB", "componentType": "gpu", "nbComponent": 2, "share": 0.5}, {"componentType": "ram", "nbComponent": 1}]},
  "environment": {"country": "france", "latitude": 48.1},
  "quality": "medium"
}`

// By hand: powerConsumption 0.5 is 0.5 kWh; 36 s are 0.01 h; 100 inferences of 20 and 5 tokens are 2,000 and 500.
func TestAReportIsARow(t *testing.T) {
	got := importFiles(t, "boamps", Options{}, text("r.json", boampsOne))
	got.want(t, 0, `
		deployment_id: r1
		model_id: example-7b
		task: text_classification
		requests: 100
		input_tokens: 2000
		output_tokens: 500
		quantisation: 8
		parameters_total: 7e+09
		energy: 0.5
		energy_boundary: node
		energy_basis: estimated
		quality: modelled
		wall_time: 0.01
		started: 2024-09-30
		ended: 2024-10-01
		hardware_id: nvidia-v100s-pcie-32gb
		device_count: 2
		device_share: 0.5
		region: FRA
		region_basis: published
		organisation: Example
		operator: ovh
		dq_precision: 3
		confidentiality: -
		scope: intensity
		source: BoAmps report r1 of Example (2025)
		licence: CC-BY-4.0`)
	if c := strings.Join(got.report.Files[0].Columns, " "); c != "environment.latitude" {
		t.Error(c)
	}
}

func TestAReportOfTrainingBelongsIntoTrainingRuns(t *testing.T) {
	report := strings.NewReplacer(`"taskStage": "inference"`, `"taskStage": "preprocessing + training"`, `"parametersNumber": 7`, `"parametersNumber": 7, "epochsNumber": 3`).Replace(boampsOne)
	got := importFiles(t, "boamps", Options{Kind: "training_runs"}, text("r.json", report))
	got.want(t, 0, "run_id: r1\nphase: whole\ntokens: 60\nenergy: 0.5")
	got = importFiles(t, "boamps", Options{}, text("r.json", report))
	if f := got.report.Files[0]; f.Left != 1 || f.Why[0].Why != "it belongs into the kind training_runs, by its taskStage: --kind training_runs" {
		t.Errorf("%+v", f)
	}
	for stage, want := range map[string]string{
		"training+inference": "its taskStage is both the making of a model and inference, which one measure cannot be parted into",
		"measuring":          "its taskStage is none that is known: inference, training, finetuning, retraining, preprocessing, datacreation, with + between several",
	} {
		got := importFiles(t, "boamps", Options{}, text("r.json", strings.Replace(boampsOne, `"inference"`, `"`+stage+`"`, 1)))
		if f := got.report.Files[0]; f.Left != 1 || f.Why[0].Why != want {
			t.Errorf("%s: %+v", stage, f)
		}
	}
}

func TestOfSeveralMeasuresTheMeteredOneCounts(t *testing.T) {
	report := strings.Replace(boampsOne, `"measures": [`, `"measures": [{"measurementMethod": "codecarbon", "powerConsumption": 0}, {"measurementMethod": "carbonai", "powerConsumption": 0.4},
		{"measurementMethod": "Wattmeter", "powerConsumption": 0.6, "measurementDuration": 40}, `, 1)
	got := importFiles(t, "boamps", Options{}, text("r.json", report))
	if f := got.report.Files[0]; f.Records != 1 || f.Used != 1 || got.report.Rows != 3 {
		t.Errorf("%+v", got.report)
	}
	got.want(t, 0, "deployment_id: r1\nenergy: 0.6\nenergy_basis: metered\nquality: measured\nalternative_to: -")
	got.want(t, 1, "deployment_id: r1/measure-2\nenergy: 0.4\nenergy_basis: estimated\nalternative_to: r1")
	got.want(t, 2, "deployment_id: r1/measure-3\nenergy: 0.5\nalternative_to: r1")
	if a := got.rows[1]["assumption"]; !strings.Contains(a, "whether measures add up is not said: r1 counts") {
		t.Error(a)
	}
}

func TestWhatAnUnknownMethodCoversHasToBeSaid(t *testing.T) {
	file := text("r.json", strings.Replace(boampsOne, "codecarbon", "azure metrics", 1))
	got := importFiles(t, "boamps", Options{}, file)
	got.want(t, 0, "energy: -\nenergy_boundary: -\nquality: modelled")
	if list := strings.Join(got.left, "\n"); !strings.Contains(list, `r1 energy 0.5 | "what the method ""azure metrics"" covers is not known: --set energy_boundary=node says it`) {
		t.Error(list)
	}
	got = importFiles(t, "boamps", Options{Set: map[string]string{"energy_boundary": "facility", "energy_basis": "metered"}}, file)
	got.want(t, 0, "energy: 0.5\nenergy_boundary: facility\nenergy_basis: metered\nquality: measured")
}

func TestTrapsOfReports(t *testing.T) {
	for _, c := range []struct{ name, old, new, row, list string }{
		{"the count of the name and the one beside it differ", `"nbComponent": 2`, `"nbComponent": 4`, "device_count: -", "r1 device_count 4 | the name says 2 of them"},
		{"devices of two types", `{"componentType": "ram"`, `{"componentName": "H100 PCIe", "componentType": "gpu"`, "hardware_id: -\ndevice_count: -", "the report has devices of several types"},
		{"a device without a name", `"componentName": "2 x Tesla V100S-PCIE-32GB"`, `"manufacturer": "nvidia", "family": "A100", "series": "SXM4", "memorySize": 80`, "hardware_id: nvidia-a100-sxm4-80gb\ndevice_count: 2", ""},
		{"a country that is none", "france", "Utopia", "region: -", "r1 region Utopia | the registry of regions does not know it"},
		{"a report that is not public", `"public"`, `"secret"`, "confidentiality: aggregate", ""},
		{"a draft without an id", `"reportId": "r1", `, "", "deployment_id: r.json:1", ""},
		{"no licence", `"licensing": "CC-BY-4.0", `, "", "", "licence is missing"},
		{"a licence as the example of BoAmps writes it", "CC-BY-4.0", "Creative Commons 4.0", "licence: CC-BY-4.0", ""},
		{"an unknown quantisation", `"int8"`, `"awq"`, "quantisation: -", "r1 quantisation awq | what it stands for is not known to this format"},
		{"no requests", `, "nbRequest": 100`, "", "requests: -\ninput_tokens: -", ""},
		{"no energy", `"powerConsumption": 0.5`, `"powerConsumption": 0`, "", "record | r1 | no energy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(boampsOne, c.old) {
				t.Fatal("the report has no", c.old)
			}
			got := importFiles(t, "boamps", Options{}, text("r.json", strings.Replace(boampsOne, c.old, c.new, 1)))
			if c.row != "" {
				got.want(t, 0, c.row)
			}
			if list := strings.Join(got.left, "\n"); !strings.Contains(list, c.list) {
				t.Errorf("the list lacks %q:\n%s", c.list, list)
			}
		})
	}
}

func TestWhatBreaksTheSchemaIsToldAtItsPlace(t *testing.T) {
	report := `{"header": {"reportStatus": "drafts", "publisher": {}},
 "task": {"taskStage": "inference", "nbRequest": "5", "algorithms": [{"parametersNumber": "7B"}], "dataset": []},
 "measures": [{"measurementMethod": "x",
   "averageUtilizationCpu": 50}],
 "infrastructure": {"infraType": "cloud", "components": [{"componentType": "gpu", "nbComponent": 1.5}]},
 "environment": {"country": null}}`
	got := importFiles(t, "boamps", Options{}, text("r.json", report))
	for _, want := range []string{
		"r.json:1:12: header has no reportDatetime [missing-key]",
		`r.json:1:29: header.reportStatus is "drafts", which is none of its values [bad-value]`,
		"r.json:2:50: task.nbRequest is a text where a number is expected [bad-type]",
		"r.json:2:91: task.algorithms.0.parametersNumber is a text where a number is expected [bad-type]",
		"r.json:2:110: task.dataset has 0 entries; it needs 1 [bad-value]",
		"r.json:3:15: measures.0 has no powerConsumption [missing-key]",
		"r.json:4:29: measures.0.averageUtilizationCpu is 50; it cannot be above 1 [out-of-range]",
		"r.json:5:98: infrastructure.components.0.nbComponent is a number where a whole number is expected",
		"r.json:6:29: environment.country is null where a text is expected",
	} {
		if !strings.Contains(got.told, want) {
			t.Errorf("told lacks %q:\n%s", want, got.told)
		}
	}
	if got.report.Rows != 0 || got.report.Files[0].Why[0].Why != boampsBroken {
		t.Errorf("%+v", got.report)
	}
}

func TestHostileReports(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"objects nested a million deep", strings.Repeat(`{"a":`, 1e6), "nested deeper than 64"},
		{"arrays nested a million deep", strings.Repeat("[", 1e6), "nested deeper than"},
		{"a key twice", `{"task": {}, "task": {}}`, "a key stands twice in one object"},
		{"a number that no computer holds", strings.Replace(boampsOne, "0.5,", "1e999999999,", 1), "1e999999999"},
		{"two reports one after the other", boampsOne + boampsOne, "text follows the end of the value"},
		{"no UTF-8", "{\"a\": \"\xff\"}", "not UTF-8"},
		{"a list of numbers", "[1]", "the report is a number where an object is expected"},
		{"an empty file", "", "no header"},
		{"another table", "a,b\n1,2\n", `the file has no column "task_taskStage"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := importFiles(t, "boamps", Options{}, text("r.json", c.text)); !strings.Contains(got.told, c.want) || got.report.Rows > 0 {
				t.Errorf("told %.300q, want %q", got.told, c.want)
			}
		})
	}
}

func TestReportsInAnArrayAreRowsEach(t *testing.T) {
	other := strings.Replace(boampsOne, `"r1"`, `"r2"`, 1)
	got := importFiles(t, "boamps", Options{}, text("r.json", "[\n"+boampsOne+",\n"+other+",\n"+boampsOne+"]"))
	got.want(t, 1, "deployment_id: r2\norigin_row: 2")
	if f := got.report.Files[0]; f.Records != 3 || f.Used != 2 || f.Why[0].Why != "the same report with the same figures stands in another place, which counts" {
		t.Errorf("%+v", f)
	}
}

func TestTheFlattenedFormSaysTheSame(t *testing.T) {
	const head = "header_licensing,header_reportId,header_reportDatetime,task_taskStage,task_taskFamily,task_nbRequest,task_algorithms_0_foundationModelName,task_dataset_0_dataUsage,task_dataset_0_dataType," +
		"task_dataset_0_dataQuantity,measures_0_measurementMethod,measures_0_powerConsumption,measures_1_measurementMethod,measures_1_powerConsumption,infrastructure_infraType," +
		"infrastructure_components_0_componentType,infrastructure_components_0_nbComponent,system_os\n"
	got := importFiles(t, "boamps", Options{}, text("r.csv", head+
		"MIT,r1,2025-01-01,inference,chatbot,2,m,output,token,7,codecarbon,0.25,,,onPremise,cpu,30,linux\n"+
		"MIT,r2,2025-01-01,inference,chatbot,,m,output,token,,codecarbon,0.25,wattmeter,0.5,onPremise,cpu,1,\n"))
	got.want(t, 0, "deployment_id: r1\nenergy: 0.25\noutput_tokens: 14\ntask: text_generation\nhardware_id: -")
	got.want(t, 1, "deployment_id: r2\nenergy: 0.5\norigin_row: 2")
	got.want(t, 2, "deployment_id: r2/measure-2\nenergy: 0.25\nalternative_to: r2")
	if c := strings.Join(got.report.Files[0].Columns, " "); c != "system_os" {
		t.Error(c)
	}
	got = importFiles(t, "boamps", Options{}, text("r.csv", head+
		"MIT,r1,,inference,chatbot,two,m,output,token,7,codecarbon,0.25,,,home,cpu,30,linux\n"))
	for _, want := range []string{
		`r.csv:2:27 column task_nbRequest: expected a number, found "two"`,
	} {
		if !strings.Contains(got.told, want) {
			t.Errorf("told lacks %q:\n%s", want, got.told)
		}
	}
	got = importFiles(t, "boamps", Options{}, text("r.csv", head+
		"MIT,r1,,inference,chatbot,2,m,output,token,7,codecarbon,0.25,,,home,cpu,30,linux\n"))
	for _, want := range []string{
		"header has no reportDatetime",
		`r.csv:2:64 column infrastructure_infraType: infrastructure.infraType is "home", which is none of its values`,
	} {
		if !strings.Contains(got.told, want) {
			t.Errorf("told lacks %q:\n%s", want, got.told)
		}
	}
}

func FuzzReports(f *testing.F) {
	f.Add(boampsOne)
	f.Add("task_taskStage,measures_0_powerConsumption,measures_0_measurementMethod\ninference,1,codecarbon\n")
	f.Add(`[{"task": null, "measures": [{}]}]`)
	f.Fuzz(func(t *testing.T, report string) {
		if len(report) < 1<<14 {
			importFiles(t, "boamps", Options{}, text("r.json", report))
		}
	})
}

// Two reports by hand. The example is 0.00267074 kWh in 19.09390426 s = 0.005303862... h, on 30 September 2024, with 11 and 828 tokens of one request; what the generator
// made is 0.0004784439185735 kWh in 3.508 s, and says no day. Both hold to the schema that stands beside them. The flattened form is the example again.
func TestThePublishedReports(t *testing.T) {
	example, generated := published(t, "boamps/examples/energy-report-llm-inference.json"), published(t, "boamps/tools/json_generator/bash/data/output/boamps_report.json")
	flat := published(t, "boamps/examples/energy-report-llm-inference.csv")
	got := importFiles(t, "boamps", Options{}, example, generated, flat)
	if r := got.report; got.told != "" || r.Rows != 2 || r.Values != 0 || r.Files[2].Left != 1 {
		t.Fatalf("%+v %s", r, got.told)
	}
	const both = `
		task: text_generation
		requests: 1
		quantisation: 16
		parameters_total: 1.3e+10
		hardware_id: nvidia-v100s-pcie-32gb
		device_count: 2
		region: FRA
		energy_boundary: node
		energy_basis: estimated
		quality: modelled
		operator: ovh
		dq_precision: 1
		licence: CC-BY-4.0`
	got.want(t, 0, both+`
		deployment_id: 2f4643f7-68b5-4fb6-21f0-b5dcda04897d
		energy: 0.00267074
		input_tokens: 11
		output_tokens: 828
		started: 2024-09-30
		source: BoAmps report 2f4643f7-68b5-4fb6-21f0-b5dcda04897d of sopra steria (2025)`)
	if h := number(t, got.rows[0]["wall_time"]); h < 0.00530386229 || h > 0.00530386230 {
		t.Error(h)
	}
	got.want(t, 1, both+`
		energy: 0.0004784439185735
		input_tokens: 8
		output_tokens: 150
		started: -`)
	// Alone, the flattened form gives what the example gives.
	alone := importFiles(t, "boamps", Options{}, flat)
	for column, want := range got.rows[0] {
		if have := alone.rows[0][column]; have != want && !strings.HasPrefix(column, "origin_") {
			t.Errorf("%s is %q and %q", column, want, have)
		}
	}
}
