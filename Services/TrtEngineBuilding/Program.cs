using QatPipeline.Pipeline.Stages;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<BuildStage>());

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
