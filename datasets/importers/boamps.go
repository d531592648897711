package importers

import (
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var boamps = Format{
	Name:  "boamps",
	Title: "BoAmps: reports of the energy of AI tasks, one row a report",
	Doc: `Reports in JSON, one for each file or several in an array, and their flattened form in CSV (task_algorithms_0_algorithmName), of Boavizta's BoAmps. Each is
checked against the JSON Schema of BoAmps, of April 2026, which is a part of the program: what breaks it is told with its place, and nothing is imported until it is right.

taskStage says what a report is of: inference belongs into deployments (the default), training, finetuning and the like into training_runs (--kind). Others are left out, and so
is a report of several stages, save of several of the making of a model.

energy is powerConsumption, which is an energy (kWh) in spite of its name; wall_time is measurementDuration (s). What the energy covers and whether it was metered follows
from measurementMethod: codecarbon estimates a node, a wattmeter meters one, nvml meters devices. Of a method that is not known, or "azure metrics", the energy
is left out until --set energy_boundary=node (or device, it, facility) says what it covers; it is then taken for estimated unless --set energy_basis=metered. A report with
several measures gives a row for each, for whether they add up it does not say: a metered one counts, else the first; the others stand beside it as alternative_to.

hardware_id and device_count are those of the gpus among the components; a count that the name and nbComponent give differently is left out. region is the environment's country,
where the task ran. input_tokens and output_tokens are the data sets of the type token, which BoAmps gives for one inference, times nbRequest. quality high, medium, low (10, 25,
50 %) becomes dq_precision 1, 3, 4 by the ranges of the PEF Guide. A report that is not public becomes confidentiality aggregate. started is
measurementDateTime; the date of the report is none of the run: --set year=... where a report has no other.

Not stated, and so missing unless --set: licence where the header has none, model_id where no algorithm is named, scope (intensity unless it is set).`,
	Kinds: []string{"deployments", "training_runs"},
	read:  readBoAmps,
}

// boampsReport is what is read of a report.
type boampsReport struct {
	Header struct {
		Licensing string `json:"licensing"`
		ID        string `json:"reportId"`
		Published string `json:"reportDatetime"`
		Status    string `json:"reportStatus"`
		Publisher struct {
			Name            string `json:"name"`
			Confidentiality string `json:"confidentialityLevel"`
		} `json:"publisher"`
	} `json:"header"`
	Task struct {
		Stage      string   `json:"taskStage"`
		Family     string   `json:"taskFamily"`
		Requests   *float64 `json:"nbRequest"`
		Algorithms []struct {
			Name          string   `json:"algorithmName"`
			URI           string   `json:"algorithmUri"`
			Foundation    string   `json:"foundationModelName"`
			FoundationURI string   `json:"foundationModelUri"`
			Parameters    *float64 `json:"parametersNumber"`
			Epochs        *float64 `json:"epochsNumber"`
			Quantisation  string   `json:"quantization"`
		} `json:"algorithms"`
		Data []struct {
			Usage    string   `json:"dataUsage"`
			Type     string   `json:"dataType"`
			Quantity *float64 `json:"dataQuantity"`
		} `json:"dataset"`
	} `json:"task"`
	Measures       []boampsMeasure `json:"measures"`
	Infrastructure struct {
		Type       string            `json:"infraType"`
		Cloud      string            `json:"cloudProvider"`
		Components []boampsComponent `json:"components"`
	} `json:"infrastructure"`
	Environment struct {
		Country string `json:"country"`
	} `json:"environment"`
	Quality string `json:"quality"`
}

type boampsMeasure struct {
	Method      string   `json:"measurementMethod"`
	Version     string   `json:"version"`
	CPU         string   `json:"cpuTrackingMode"`
	GPU         string   `json:"gpuTrackingMode"`
	Energy      *float64 `json:"powerConsumption"` // kWh
	Duration    *float64 `json:"measurementDuration"`
	Began       string   `json:"measurementDateTime"`
	Calibration *float64 `json:"powerCalibrationMeasurement"` // kWh
}

type boampsComponent struct {
	Name         string   `json:"componentName"`
	Type         string   `json:"componentType"`
	Count        *float64 `json:"nbComponent"`
	Memory       *float64 `json:"memorySize"`
	Manufacturer string   `json:"manufacturer"`
	Family       string   `json:"family"`
	Series       string   `json:"series"`
	Share        *float64 `json:"share"`
}

func readBoAmps(j *job) {
	switch firstByte(j.start()) {
	case '[':
		j.entries(func(e *foreign.Entry) bool {
			j.boampsJSON(e, e.Index+1)
			return !j.probs.Full()
		})
	case '{':
		if e := foreign.Whole(j.Name, j.text(), j.probs); e != nil {
			j.boampsJSON(e, 1)
		}
	default:
		j.boampsCSV()
	}
}

// boampsJSON reads a report in JSON, the one of a number in its file.
func (j *job) boampsJSON(e *foreign.Entry, no int) {
	j.record()
	l := e.Left("report", "")
	var whole any
	var report boampsReport
	if !e.Into(&whole) || !j.boampsHolds(whole, e.At) || !e.Into(&report) {
		l.Why = boampsBroken
		j.leave(l)
		return
	}
	unreadKeys[boampsReport](j, e)
	j.boampsRows(&report, l, no)
}

const boampsBroken = "it does not hold to the JSON Schema of BoAmps"

// boampsHolds reports whether a report holds to the schema, and tells what does not, at the place of each part.
func (j *job) boampsHolds(report any, at func(path ...string) diag.Place) bool {
	holds := true
	boampsSchema().check(report, func(path []string, p diag.Problem) {
		if holds = false; j.probs.Full() {
			j.probs.Omit(diag.Error, p.Code, j.Name, 1) // to find each place among 10^5 wrong parts would take hours
			return
		}
		p.Place = at(path...)
		j.probs.Add(p)
	})
	return holds
}
