"""Shows a frozen monthly snapshot as a page, a PDF, a workbook and a CSV, without a database and without a request."""
