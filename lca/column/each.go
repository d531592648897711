package column

import "context"

// Each visits the batches of a reader, of which every one is valid until the next. It ends with an error of the reader or of the visit, or where the context does; the reader stays open.
func Each(ctx context.Context, r interface{ Next(*Batch) (bool, error) }, visit func(*Batch) error) error {
	var b Batch
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		more, err := r.Next(&b)
		if err != nil || !more {
			return err
		}
		if err := visit(&b); err != nil {
			return err
		}
	}
}
