var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => { });

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
