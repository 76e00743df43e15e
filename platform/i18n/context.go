package i18n

import (
	"context"
	"sync"
)

type contextKey struct{}

// With returns a context in which From and T speak through the localizer.
func With(ctx context.Context, l *Localizer) context.Context {
	return context.WithValue(ctx, contextKey{}, l)
}

// fallback speaks where nobody chose: it has no messages but our own.
var fallback = sync.OnceValue(func() *Localizer { return NewCatalog().For(Ja) })

// From returns the context's localizer. Without one it returns a Japanese one
// that knows dates and numbers but no module's messages, never nil.
func From(ctx context.Context) *Localizer {
	if l, ok := ctx.Value(contextKey{}).(*Localizer); ok && l != nil {
		return l
	}
	return fallback()
}

// T returns a message in the language of the context; see Localizer.T.
func T(ctx context.Context, key string, args ...any) string {
	return From(ctx).T(key, args...)
}
