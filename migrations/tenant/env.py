from maagal import migrate

migrate.run()
