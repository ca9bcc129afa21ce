module acme.example/app

go 1.19
