// Package money keeps what is owed for a use and what was paid: charges, an append-only
// ledger of payments and refunds, and the cash report (日計表) that balances.
package money
