using QatPipeline.Stages;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<OptimizeStage>());

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
